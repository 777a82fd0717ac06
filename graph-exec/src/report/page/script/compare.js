// Lays another report beside this one: what became slower, function by function.

function rowsOf(document) {
  const rows = new Map();
  for (const row of document.querySelectorAll("#functions tbody tr:not(.rest)")) {
    const [name, tasks, total, , median] = [...row.cells].map((cell) => cell.dataset.value);
    rows.set(name, { tasks: Number(tasks), total: Number(total), median: Number(median) });
  }
  return rows;
}

function cell(row, text, isNumber = true) {
  const cell = row.insertCell();
  cell.textContent = text;
  cell.className = isNumber ? "number" : "";
}

function showComparison(other) {
  const wallNs = JSON.parse(other.getElementById("run").textContent).wallNs;
  const [now, before] = [rowsOf(document), rowsOf(other)];
  const changes = [...new Set([...now.keys(), ...before.keys()])].map((name) => {
    const [after, then] = [now.get(name), before.get(name)];
    return { name, after, then, change: (after?.total ?? 0) - (then?.total ?? 0) };
  });
  changes.sort((a, b) => b.change - a.change);
  const table = document.getElementById("comparison");
  table.tBodies[0].replaceChildren();
  for (const { name, after, then, change } of changes) {
    const row = table.tBodies[0].insertRow();
    cell(row, name, false);
    cell(row, `${change < 0 ? "−" : "+"}${duration(Math.abs(change))}`);
    row.cells[1].classList.toggle("slower", change > 0);
    for (const field of ["tasks", "total", "median"]) {
      const format = field === "tasks" ? grouped : duration;
      cell(row, then ? format(then[field]) : "–");
      cell(row, after ? format(after[field]) : "–");
    }
  }
  table.hidden = false;
  const ratio = wallNs / run.wallNs;
  const what = ratio < 1 ? `${(1 / ratio).toFixed(2)}× slower` : `${ratio.toFixed(2)}× faster`;
  document.getElementById("compared").textContent = `This run took ${duration(run.wallNs)}, the other ${duration(wallNs)}: ${what}. The other: ${[...other.querySelectorAll(".head li")].map((item) => item.textContent).join(", ")}`;
}

function listenToOtherReport() {
  document.getElementById("other").addEventListener("change", async ({ target }) => {
    const text = await target.files[0].text();
    try {
      // Its style is not needed, and this page's content policy would refuse it.
      const plain = text.replace(/<style[^>]*>[^]*?<\/style>/g, "");
      showComparison(new DOMParser().parseFromString(plain, "text/html"));
    } catch {
      document.getElementById("compared").textContent = "That file is no report of a run.";
    }
  });
}
