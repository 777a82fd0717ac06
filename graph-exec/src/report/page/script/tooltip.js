// The tooltip that explains an item: beside the pointer, and always within the window.

const tooltip = document.getElementById("tooltip");

function showTooltip(title, lines, x, y) {
  const heading = document.createElement("strong");
  heading.textContent = title;
  const paragraphs = lines.map(({ text, failed }) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = text;
    paragraph.className = failed ? "failed" : "";
    return paragraph;
  });
  tooltip.replaceChildren(heading, ...paragraphs);
  tooltip.hidden = false;
  const { width, height } = tooltip.getBoundingClientRect();
  const [roomX, roomY] = [document.documentElement.clientWidth, window.innerHeight];
  // It goes to the other side of the pointer where there is no room, and never beyond an edge.
  const left = x + 14 + width <= roomX - 8 ? x + 14 : x - 14 - width;
  const top = y + 16 + height <= roomY - 8 ? y + 16 : y - 12 - height;
  tooltip.style.left = `${Math.max(8, Math.min(left, roomX - width - 8))}px`;
  tooltip.style.top = `${Math.max(8, Math.min(top, roomY - height - 8))}px`;
}

function hideTooltip() {
  tooltip.hidden = true;
}

// Encloses a text in Unicode's isolates, so that its direction does not affect the text around it.
function isolated(text) {
  return `\u2068${text}\u2069`;
}

function explain(item, others, x, y) {
  const label = items.labels.get(item);
  const tasks = tasksOf(item);
  const path = run.functions[items.function[item]].path;
  const title = tasks > 1 ? `${nameOf(item)} ×${grouped(tasks)}` : label === undefined ? nameOf(item) : `${nameOf(item)} (${isolated(label)})`;
  const lines = [];
  if (others > 0) {
    lines.push({ text: `the longest of ${grouped(others + 1)} within a pixel here` });
  }
  if (items.failed[item]) {
    lines.push({ text: tasks > 1 ? "✕ all of them failed" : "✕ failed", failed: true });
  }
  if (items.attempts.has(item)) {
    lines.push({ text: `↻ tried ${items.attempts.get(item)} times` });
  }
  if (tasks > 1) {
    lines.push({ text: `together ${duration(items.length[item])}, about ${duration(items.length[item] / tasks)} each` });
    lines.push({ text: `around ${moment(items.start[item], run.wallNs / 1e4)} on ${workerName(items.worker[item])}` });
  } else {
    lines.push({ text: `took ${duration(items.length[item])}, from ${moment(items.start[item], Math.max(1, items.length[item] / 100))}, on ${workerName(items.worker[item])}` });
    const wait = details.waitMicroseconds[item] * 1000;
    lines.push({ text: wait > 0 ? `was ready ${duration(wait)} before it started` : "started as soon as it was ready" });
    lines.push({ text: `task ${grouped(taskOf(item))}, built at ${placeOfBuilding(item)}` });
  }
  if (path !== nameOf(item)) {
    lines.push({ text: path });
  }
  for (const text of waitsInside(item)) {
    lines.push({ text });
  }
  if (items.critical[item]) {
    lines.push({ text: "on the critical path" });
  }
  showTooltip(title, lines, x, y);
}
