// Decodes the run's data: columns of numbers become typed arrays. report/data/columns.rs encodes them.

const started = performance.now();
const run = JSON.parse(document.getElementById("run").textContent);

// Before the first draw this code is mostly interpreted, not compiled. So loops over a hundred thousand
// tasks take few steps and use local variables.

function bytesOf(base64) {
  return Uint8Array.fromBase64?.(base64) ?? Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
}

// Decodes numbers of seven bits a byte, the least significant first; the eighth bit of a byte (128) says
// that another byte follows. Numbers may have more than 32 bits, so they are added up, not shifted.
// A byte that has another one after it adds 128 of its weight too many. The next byte's weight is 128
// times as large, so subtracting 1 from that byte makes up for it.
function decodeColumn(base64, count) {
  const bytes = bytesOf(base64);
  const numbers = new Float64Array(count);
  let place = 0;
  for (let index = 0; index < count; index++) {
    let byte = bytes[place++];
    let number = byte;
    for (let weight = 128; byte >= 0x80; weight *= 128) {
      byte = bytes[place++];
      number += (byte - 1) * weight;
    }
    numbers[index] = number;
  }
  return numbers;
}

// 0, 1, 2, 3, … stand for 0, −1, 1, −2, …
function signed(number) {
  return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
}

// Tasks or bundles of tasks: worker by worker, each in the order of time.
const items = decodeItems();

function decodeItems() {
  const { items: count, columns, functions, workers } = run;
  const column = (name) => decodeColumn(columns[name], count);
  const gaps = column("gap");
  const length = column("length");
  const origin = column("origin");
  const [start, end] = [new Float64Array(count), new Float64Array(count)];
  const functionOf = new Uint32Array(count);
  const items = {
    count,
    length,
    worker: new Uint32Array(count),
    start,
    end,
    function: functionOf,
    origin,
    tasks: columns.tasks ? column("tasks") : null,
    critical: decodePlaces(columns.critical, count),
    failed: decodePlaces(columns.failed, count),
    attempts: new Map(columns.retried),
    labels: new Map(run.labels),
    // Worker w has the items from firstOf[w] up to, but not including, firstOf[w + 1].
    firstOf: new Uint32Array(workers + 1),
    // Items with a mark, because they failed or were tried again; in ascending order.
    marked: [],
    colourOf: functions.map((each) => each.colour),
  };
  const functionOfOrigin = columns.origins.map(([own]) => own);
  for (let worker = 0, index = 0; worker < workers; worker++) {
    const last = index + columns.perWorker[worker];
    items.worker.fill(worker, index, last);
    items.firstOf[worker + 1] = last;
    for (let now = 0; index < last; index++) {
      now += signed(gaps[index]);
      start[index] = now;
      now += length[index];
      end[index] = now;
      functionOf[index] = functionOfOrigin[origin[index]];
    }
  }
  const marked = new Set(items.attempts.keys());
  for (let item = items.failed.indexOf(1); item >= 0; item = items.failed.indexOf(1, item + 1)) {
    marked.add(item);
  }
  items.marked = [...marked].sort((a, b) => a - b);
  return items;
}

// Item → 1 when it has the property, 0 when not.
function decodePlaces([many, steps], count) {
  const flags = new Uint8Array(count);
  let place = 0;
  for (const step of decodeColumn(steps, many)) {
    place += step;
    flags[place++] = 1;
  }
  return flags;
}

// Columns that only tooltips need are decoded when they are first read.
const details = {
  get tasks() {
    const steps = decodeColumn(run.columns.task, items.count);
    let task = 0;
    const tasks = Uint32Array.from(steps, (step) => (task += signed(step) + 1) - 1);
    Object.defineProperty(this, "tasks", { value: tasks });
    return tasks;
  },

  get waitMicroseconds() {
    const waits = decodeColumn(run.columns.waitUs, items.count);
    Object.defineProperty(this, "waitMicroseconds", { value: waits });
    return waits;
  },
};

function taskOf(item) {
  return details.tasks[item];
}

function placeOfBuilding(item) {
  return run.places[run.columns.origins[items.origin[item]][1]];
}

function tasksOf(item) {
  return items.tasks ? items.tasks[item] : 1;
}

function nameOf(item) {
  const path = run.functions[items.function[item]].path;
  return path.slice(path.lastIndexOf("::") + (path.includes("::") ? 2 : 1));
}

// The first item of a worker that ends after a moment, or the index after its last item.
function firstEndingAfter(worker, moment) {
  let low = items.firstOf[worker];
  let high = items.firstOf[worker + 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items.end[middle] <= moment) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
