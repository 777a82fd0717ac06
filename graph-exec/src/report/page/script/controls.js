// Moving through time: pointer, wheel, keys and buttons.

const shownWindow = document.getElementById("window");

let drawing = false;

// Draws everything before the next frame; several calls before that draw it once.
function redraw() {
  if (!drawing) {
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      drawAll();
    });
  }
}

function drawAll() {
  drawCharts(drawStream());
  const step = Math.max(1, (view.to - view.from) / 1000);
  const whole = view.to - view.from >= run.wallNs;
  shownWindow.textContent = whole
    ? `the whole run, ${duration(run.wallNs)}`
    : `${moment(view.from, step)} to ${moment(view.to, step)}: ${duration(view.to - view.from)} of ${duration(run.wallNs)}`;
  shownWindow.dataset.from = view.from;
  shownWindow.dataset.to = view.to;
}

function placeOf(event) {
  const { left, top } = stream.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

function listenToPointer() {
  let drag = null;
  stream.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, from: view.from, to: view.to };
    stream.setPointerCapture(event.pointerId);
  });
  const release = () => {
    drag = null;
    stream.classList.remove("dragged");
  };
  stream.addEventListener("pointerup", release);
  stream.addEventListener("pointercancel", release);
  stream.addEventListener("pointermove", (event) => {
    if (drag) {
      const by = (drag.x - event.clientX) / scaleOf(stream.clientWidth).perTime;
      if (by !== 0) {
        stream.classList.add("dragged");
        hideTooltip();
        view.show(drag.from + by, drag.to + by);
      }
      return;
    }
    const { x, y } = placeOf(event);
    const found = itemAt(x, y);
    if (found) {
      explain(found.item, found.others, event.clientX, event.clientY);
    } else {
      hideTooltip();
    }
  });
  stream.addEventListener("pointerleave", hideTooltip);
  stream.addEventListener("dblclick", () => view.whole());
  // The wheel scrolls the page unless the stream was clicked or Ctrl is held.
  stream.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && document.activeElement !== stream) {
        return;
      }
      event.preventDefault();
      hideTooltip();
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        view.move(event.deltaX / stream.clientWidth);
      } else {
        const moment = scaleOf(stream.clientWidth).time(Math.max(GUTTER, placeOf(event).x));
        view.zoom(Math.exp(Math.max(-400, Math.min(400, event.deltaY)) * 0.002), moment);
      }
    },
    { passive: false },
  );
}

// Chooses an item, brings it into view and shows its tooltip.
function choose(item) {
  if (item === null) {
    return;
  }
  chosen = item;
  const [start, end] = [items.start[item], items.end[item]];
  const span = view.to - view.from;
  if (start < view.from || end > view.to || (end - start) / span < 0.004) {
    const wanted = Math.max((end - start) * 20, Math.min(span, (end - start) * 100));
    view.show((start + end - wanted) / 2, (start + end + wanted) / 2);
  }
  // The tooltip waits for the next frame, when the item is drawn at its new place.
  redraw();
  requestAnimationFrame(() => {
    const { left, top } = stream.getBoundingClientRect();
    const scale = scaleOf(stream.clientWidth);
    const x = Math.max(GUTTER, scale.x(Math.max(start, view.from)));
    explain(item, 0, left + x, top + (items.worker[item] + 1) * rowHeight);
  });
}

function neighbour(step) {
  if (chosen === null) {
    return items.count === 0 ? null : Math.min(items.count - 1, firstEndingAfter(0, view.from));
  }
  const worker = items.worker[chosen];
  const next = chosen + step;
  return next >= items.firstOf[worker] && next < items.firstOf[worker + 1] ? next : chosen;
}

// The item at the same time on the next worker above (-1) or below (1) that has any.
function otherWorker(step) {
  if (chosen === null) {
    return neighbour(0);
  }
  for (let worker = items.worker[chosen] + step; worker >= 0 && worker < run.workers; worker += step) {
    const [first, end] = [items.firstOf[worker], items.firstOf[worker + 1]];
    if (first < end) {
      return Math.min(end - 1, firstEndingAfter(worker, items.start[chosen]));
    }
  }
  return chosen;
}

function listenToKeys() {
  const keys = {
    ArrowLeft: () => view.move(-0.15),
    ArrowRight: () => view.move(0.15),
    "+": () => view.zoom(0.6),
    "=": () => view.zoom(0.6),
    "-": () => view.zoom(1 / 0.6),
    0: () => view.whole(),
    Home: () => view.whole(),
    ArrowUp: () => choose(otherWorker(-1)),
    ArrowDown: () => choose(otherWorker(1)),
    n: () => choose(neighbour(1)),
    p: () => choose(neighbour(-1)),
    Escape: () => {
      chosen = null;
      hideTooltip();
      redraw();
    },
  };
  stream.addEventListener("keydown", (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (Object.hasOwn(keys, key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      keys[key]();
    }
  });
  stream.addEventListener("blur", hideTooltip);
}

function listenToButtons() {
  const on = (id, action) => document.getElementById(id).addEventListener("click", action);
  on("zoom-in", () => view.zoom(0.5));
  on("zoom-out", () => view.zoom(2));
  on("whole-run", () => view.whole());
  const legend = document.querySelectorAll(".key");
  legend.forEach((key) => {
    key.addEventListener("click", () => {
      const own = Number(key.dataset.function);
      highlighted = highlighted === own ? null : own;
      legend.forEach((other) => {
        other.setAttribute("aria-pressed", String(Number(other.dataset.function) === highlighted));
      });
      redraw();
    });
  });
  document.querySelectorAll(".find").forEach((button) => {
    button.addEventListener("click", () => {
      const item = itemOfTask(Number(button.dataset.task));
      if (item !== null) {
        stream.scrollIntoView({ block: "center" });
        stream.focus({ preventScroll: true });
        choose(item);
      }
    });
  });
}

// The marked item that stands for a task: the task itself, or the bundle that most likely holds it.
// A bundle names only its first task.
function itemOfTask(task) {
  const item = items.marked.find((each) => taskOf(each) === task);
  return item ?? items.marked.findLast((each) => taskOf(each) <= task) ?? null;
}
