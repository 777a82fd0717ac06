// The run's data: columns of numbers become typed arrays. The other side is columns.rs.

const started = performance.now();
const run = JSON.parse(document.getElementById("run").textContent);

// Until a page has drawn its code is interpreted, for the most part: what is done for each of a
// hundred thousand tasks has few steps, from variables at hand.

function bytesOf(base64) {
  return Uint8Array.fromBase64?.(base64) ?? Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
}

// Numbers of seven bits a byte, least significant first. They may have more than 32 bits, so they
// are put together by arithmetic, not by shifts.
// The eighth bit of a byte says that another follows, which takes that bit's 128 off again: it
// counts one less of its own weight, 128 times as large.
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

// Tasks, or bundles of tasks, worker by worker in time.
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
    // Worker w has the items from firstOf[w] to firstOf[w + 1].
    firstOf: new Uint32Array(workers + 1),
    // Items that bear a mark above their row.
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

// Which items have a property: 1 where they do.
function decodePlaces([many, steps], count) {
  const flags = new Uint8Array(count);
  let place = 0;
  for (const step of decodeColumn(steps, many)) {
    place += step;
    flags[place++] = 1;
  }
  return flags;
}

// What only explanations need waits until somebody asks.
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

// The first item of a worker that ends after a moment, or the one after its last.
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
