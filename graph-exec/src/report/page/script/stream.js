// The task stream: a row for each worker, with its tasks as bars. Where bars are narrower than a pixel
// and a half, each column of pixels shows the share of its time that each colour takes. The rest of the
// column stays empty, so idle time is visible.

const LEAST_BAR = 1.5;
// The width that a mark takes from the text of its bar.
const MARK_ROOM = 22;

const stream = document.getElementById("stream");
const rowHeight = run.workers <= 8 ? 34 : run.workers <= 32 ? 22 : run.workers <= 96 ? 14 : 9;
// Above the bars is room for marks, and below them for the line of the critical path.
const barTop = rowHeight >= 22 ? 5 : 2;
const barHeight = rowHeight - barTop - (rowHeight >= 22 ? 6 : 3);

// The colours of bars: those of the functions, and one for functions that are not highlighted.
const palette = [...new Set(items.colourOf)];
const colourIndex = items.colourOf.map((colour) => palette.indexOf(colour));
const OTHERS = palette.length;

// The highlighted function, or null.
let highlighted = null;
// The item that was chosen with the keys, or null.
let chosen = null;

// Draws the stream and returns how many tasks ran, on average, in each column of pixels.
function drawStream() {
  const height = run.workers * rowHeight + AXIS_HEIGHT;
  const { context, width } = prepareCanvas(stream, height);
  drawAxis(context, width, height);
  const scale = scaleOf(width);
  const colours = [...palette, theme.line];
  const columns = Math.max(1, Math.ceil(width - GUTTER));
  const shares = new Float32Array(columns * colours.length);
  const criticalShares = new Float32Array(columns);
  const running = new Float32Array(columns);
  for (let worker = 0; worker < run.workers; worker++) {
    const top = worker * rowHeight + barTop;
    drawWorkerName(context, worker, top);
    shares.fill(0);
    criticalShares.fill(0);
    const texts = [];
    const thin = drawBars(context, worker, scale, width, colours, shares, criticalShares, running, texts);
    if (thin) {
      drawShares(context, top, colours, shares, criticalShares, columns);
      shares.forEach((share, place) => (running[Math.floor(place / colours.length)] += share));
    }
    drawWaits(context, worker, scale, width);
    drawTexts(context, top, texts);
  }
  drawTransfers(context, scale, width);
  drawMarks(context, scale, width);
  drawChosen(context, scale, width);
  return running;
}

function workerName(worker) {
  return worker === run.caller ? "caller" : `worker ${worker}`;
}

function drawWorkerName(context, worker, top) {
  const every = Math.ceil(13 / rowHeight);
  if (worker % every === 0) {
    context.fillStyle = theme.muted;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(workerName(worker), GUTTER - 10, top + barHeight / 2 + 0.5);
  }
}

// Draws the wide bars of a worker and adds them to the running tasks. Adds up the shares of the narrow
// bars and returns whether there are any.
function drawBars(context, worker, scale, width, colours, shares, criticalShares, running, texts) {
  const top = worker * rowHeight + barTop;
  const room = width - GUTTER;
  const last = items.firstOf[worker + 1];
  const { start, end, function: functionOf, critical } = items;
  const { from, to } = view;
  const { perTime } = scale;
  const stride = colours.length;
  const paintOf = items.colourOf.map((_, own) => (highlighted === null || highlighted === own ? colourIndex[own] : OTHERS));
  let thin = false;
  let outline = null;
  for (let item = firstEndingAfter(worker, from); item < last; item++) {
    const began = start[item];
    if (began >= to) {
      break;
    }
    const left = began > from ? (began - from) * perTime : 0;
    const right = end[item] < to ? (end[item] - from) * perTime : room;
    const paint = paintOf[functionOf[item]];
    if (right - left < LEAST_BAR) {
      thin = true;
      const column = left | 0;
      if (right <= column + 1) {
        shares[column * stride + paint] += right - left;
      } else {
        addShares(shares, stride, paint, left, right);
      }
      if (critical[item] === 1) {
        addShares(criticalShares, 1, 0, left, right);
      }
      continue;
    }
    addShares(running, 1, 0, left, right);
    // A small gap separates neighbours.
    const bar = right - left > 4 ? right - left - 0.75 : right - left;
    context.fillStyle = items.failed[item] ? theme.failed : colours[paint];
    context.fillRect(GUTTER + left, top, bar, barHeight);
    if (items.critical[item]) {
      context.fillStyle = theme.ink;
      context.fillRect(GUTTER + left, top + barHeight + 1.5, bar, 2);
      if (bar > 7) {
        outline ??= new Path2D();
        outline.rect(GUTTER + left + 1, top + 1, bar - 2, barHeight - 2);
      }
    }
    if (bar > 26 && barHeight >= 12) {
      texts.push({ item, left: GUTTER + left, width: bar, paint: items.failed[item] ? theme.failed : colours[paint] });
    }
  }
  if (outline) {
    context.strokeStyle = theme.ink;
    context.lineWidth = 2;
    context.stroke(outline);
  }
  return thin;
}

// Adds a bar from left to right to the columns of pixels that it touches.
function addShares(shares, stride, place, left, right) {
  let column = Math.floor(left);
  while (column < right && (column + 1) * stride <= shares.length) {
    const share = Math.min(right, column + 1) - Math.max(left, column);
    shares[column * stride + place] += share;
    column++;
  }
}

function drawShares(context, top, colours, shares, criticalShares, columns) {
  const stride = colours.length;
  for (let paint = 0; paint < stride; paint++) {
    context.fillStyle = colours[paint];
    for (let column = 0; column < columns; column++) {
      const share = shares[column * stride + paint];
      if (share > 0.004) {
        let below = 0;
        for (let other = 0; other < paint; other++) {
          below += shares[column * stride + other];
        }
        const height = Math.min(share, Math.max(0, 1 - below)) * barHeight;
        context.fillRect(GUTTER + column, top + barHeight * (1 - below) - height, 1, height);
      }
    }
  }
  context.fillStyle = theme.ink;
  for (let column = 0; column < columns; column++) {
    if (criticalShares[column] > 0.05) {
      context.fillRect(GUTTER + column, top + barHeight + 1.5, 1, 2);
    }
  }
}

function drawTexts(context, top, texts) {
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const { item, left, width, paint } of texts) {
    const label = items.labels.get(item);
    const tasks = tasksOf(item);
    const text = (label ?? nameOf(item)).replace(/\s+/g, " ") + (tasks > 1 ? ` ×${grouped(tasks)}` : "");
    const marked = items.failed[item] || items.attempts.has(item);
    const room = width - 14 - (marked ? MARK_ROOM : 0);
    const cut = cutText(context, text, room);
    if (cut) {
      if (isWaiting(item)) {
        // On hatching, a text has a plate of its own.
        context.fillStyle = paint;
        context.fillRect(left + 4, top + 4, context.measureText(cut).width + 6, barHeight - 8);
      }
      context.fillStyle = textOn(paint);
      context.fillText(cut, left + 7, top + barHeight / 2 + 0.5);
    }
  }
}

// The text, cut so that it fits into the room; empty when fewer than two characters would.
function cutText(context, text, room) {
  if (context.measureText(text).width <= room) {
    return text;
  }
  const characters = [...text];
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const fits = context.measureText(`${characters.slice(0, middle).join("")}…`).width <= room;
    [low, high] = fits ? [middle, high] : [low, middle - 1];
  }
  return low >= 2 ? `${characters.slice(0, low).join("")}…` : "";
}

// Draws a cross at items that failed and an arrow at those that were tried again, but no two of a kind
// on one row within nine pixels.
function drawMarks(context, scale, width) {
  const lastAt = new Map();
  for (const item of items.marked) {
    if (items.end[item] < view.from || items.start[item] > view.to) {
      continue;
    }
    const left = Math.max(GUTTER, scale.x(items.start[item]));
    const right = Math.min(width, scale.x(items.end[item]));
    // On a wide bar the mark is at the end, where it hides no text.
    const wanted = right - left > MARK_ROOM + 8 ? right - 12 : (left + right) / 2;
    const x = Math.min(width - 6, Math.max(GUTTER + 6, wanted));
    const row = `${items.worker[item]} ${items.failed[item]}`;
    if (x - (lastAt.get(row) ?? -Infinity) < 9) {
      continue;
    }
    lastAt.set(row, x);
    const y = items.worker[item] * rowHeight + barTop;
    if (items.failed[item]) {
      drawCross(context, x, y + 1);
    } else {
      drawAttempts(context, items.attempts.get(item), x, y + 3);
    }
  }
}

function drawCross(context, x, y) {
  context.fillStyle = theme.failed;
  context.strokeStyle = "#ffffff";
  context.lineWidth = 1.6;
  context.beginPath();
  context.arc(x, y + 2, 6, 0, 2 * Math.PI);
  context.fill();
  context.lineWidth = 1;
  context.stroke();
  context.lineWidth = 1.6;
  context.beginPath();
  context.moveTo(x - 2.3, y - 0.3);
  context.lineTo(x + 2.3, y + 4.3);
  context.moveTo(x + 2.3, y - 0.3);
  context.lineTo(x - 2.3, y + 4.3);
  context.stroke();
}

function drawAttempts(context, attempts, x, y) {
  const text = `↻${attempts}`;
  const width = context.measureText(text).width + 6;
  x = Math.min(x, stream.clientWidth - width / 2 - 1);
  context.fillStyle = theme.paper;
  context.strokeStyle = theme.ink;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(x - width / 2, y - 7, width, 14, 7);
  context.fill();
  context.stroke();
  context.fillStyle = theme.ink;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, x, y + 0.5);
}

function drawChosen(context, scale, width) {
  if (chosen === null || items.end[chosen] < view.from || items.start[chosen] > view.to) {
    return;
  }
  const left = Math.max(GUTTER, scale.x(items.start[chosen]));
  const right = Math.min(width, Math.max(left + 3, scale.x(items.end[chosen])));
  context.strokeStyle = theme.accent;
  context.lineWidth = 2;
  context.strokeRect(left - 2, items.worker[chosen] * rowHeight + barTop - 2, right - left + 4, barHeight + 4);
}

// The item at a point of the canvas, and how many other tasks are within the same pixel.
function itemAt(x, y) {
  const worker = Math.floor(y / rowHeight);
  const scale = scaleOf(stream.clientWidth);
  if (worker < 0 || worker >= run.workers || x < GUTTER) {
    return null;
  }
  const half = 0.75 / scale.perTime;
  const at = scale.time(x);
  let longest = null;
  let count = 0;
  for (let item = firstEndingAfter(worker, at - half); item < items.firstOf[worker + 1]; item++) {
    if (items.start[item] > at + half) {
      break;
    }
    count += tasksOf(item);
    if (longest === null || items.length[item] > items.length[longest]) {
      longest = item;
    }
    if (items.start[item] <= at && at < items.end[item] && items.length[item] * scale.perTime >= LEAST_BAR) {
      return { item, others: 0 };
    }
  }
  return longest === null ? null : { item: longest, others: count - tasksOf(longest) };
}
