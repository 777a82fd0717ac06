// Stripes where a worker waited: inside tasks by what it waited for and, of a run on a cluster, for the
// inputs of a task.

const STRIPES = 5;

function drawTransfers(context, scale, width) {
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  for (const [worker, start, end] of run.transfers ?? []) {
    if (end < view.from || start > view.to) {
      continue;
    }
    const left = Math.max(GUTTER, scale.x(start));
    const right = Math.min(width, Math.max(left + 1.5, scale.x(end)));
    const top = worker * rowHeight + barTop;
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, barHeight);
    context.clip();
    context.beginPath();
    for (let x = left - barHeight; x < right; x += STRIPES) {
      context.moveTo(x, top + barHeight);
      context.lineTo(x + barHeight, top);
    }
    context.stroke();
    context.restore();
  }
}

// The lines of a hatching: how far apart, and their directions as steps across for each step up; null for
// horizontal lines. By the kind of wait: core, lock, sleep, file, socket, something else.
const HATCHES = [
  { apart: 4, slopes: [0] },
  { apart: 7, slopes: [1, -1] },
  { apart: 9, slopes: [1] },
  { apart: 4, slopes: [null] },
  { apart: 5, slopes: [-1] },
  { apart: 9, slopes: [0, null] },
];
const WAIT_NAMES = ["a core", "a lock", "a time of its own", "a file", "a socket", "something else"];

function hatch(context, kind, left, top, width, height) {
  const { apart, slopes } = HATCHES[kind];
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.fillStyle = theme.paper;
  context.globalAlpha = 0.35;
  context.fillRect(left, top, width, height);
  context.globalAlpha = 0.9;
  context.strokeStyle = theme.paper;
  context.lineWidth = 1.4;
  context.beginPath();
  for (const slope of slopes) {
    if (slope === null) {
      for (let y = top + apart / 2; y < top + height; y += apart) {
        context.moveTo(left, y);
        context.lineTo(left + width, y);
      }
      continue;
    }
    // The lines keep their places when the picture moves, so that neighbours join.
    const first = Math.floor((left - height) / apart) * apart;
    for (let x = first; x < left + width + height; x += apart) {
      context.moveTo(x, top + height);
      context.lineTo(x + slope * height, top);
    }
  }
  context.stroke();
  context.restore();
}

// Worker → its waits, as [kind, start, end], by their start.
const waitsOf = Array.from({ length: run.workers }, () => []);
run.waits.forEach(([kind, worker, start, end]) => waitsOf[worker]?.push([kind, start, end]));
waitsOf.forEach((waits) => waits.sort((a, b) => a[1] - b[1]));

function drawWaits(context, worker, scale, width) {
  for (const [kind, start, end] of waitsOf[worker]) {
    if (end < view.from || start > view.to) {
      continue;
    }
    const left = Math.max(GUTTER, scale.x(start));
    const right = Math.min(width, scale.x(end));
    if (right - left >= LEAST_BAR) {
      hatch(context, kind, left, worker * rowHeight + barTop, right - left, barHeight);
    }
  }
}

function isWaiting(item) {
  return waitsOf[items.worker[item]].some(([, start, end]) => start < items.end[item] && end > items.start[item]);
}

// Draws the samples of hatching that explain it.
function drawHatchKeys() {
  for (const canvas of document.querySelectorAll("canvas.hatch")) {
    const context = canvas.getContext("2d");
    context.fillStyle = theme.running;
    context.fillRect(0, 0, canvas.width, canvas.height);
    hatch(context, Number(canvas.dataset.kind), 0, 0, canvas.width, canvas.height);
  }
}

// What a task waited for, as sentences for its tooltip.
function waitsInside(item) {
  const waited = new Map();
  for (const [kind, start, end] of waitsOf[items.worker[item]]) {
    const length = Math.min(end, items.end[item]) - Math.max(start, items.start[item]);
    if (length > 0) {
      waited.set(kind, (waited.get(kind) ?? 0) + length);
    }
  }
  return [...waited].sort().map(([kind, length]) => `waited about ${duration(length)} for ${WAIT_NAMES[kind]}`);
}
