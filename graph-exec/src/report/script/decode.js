// The run's data: columns of numbers become typed arrays. The other side is columns.rs.

const started = performance.now();
const run = JSON.parse(document.getElementById("run").textContent);

// Numbers of seven bits a byte, least significant first. They may have more than 32 bits, so they
// are put together by arithmetic, not by shifts.
function decodeColumn(base64, count) {
  const text = atob(base64);
  const numbers = new Float64Array(count);
  let place = 0;
  for (let index = 0; index < count; index++) {
    let byte = text.charCodeAt(place++);
    let number = byte & 0x7f;
    let weight = 128;
    while (byte >= 0x80) {
      byte = text.charCodeAt(place++);
      number += (byte & 0x7f) * weight;
      weight *= 128;
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
  const { items: count, columns, functions } = run;
  const column = (name) => decodeColumn(columns[name], count);
  const workerSteps = column("worker");
  const gaps = column("gap");
  const length = column("length");
  const taskSteps = column("task");
  const flags = column("flags");
  const items = {
    count,
    length,
    worker: new Uint32Array(count),
    start: new Float64Array(count),
    end: new Float64Array(count),
    task: new Uint32Array(count),
    function: column("function"),
    place: column("place"),
    waitMicroseconds: column("waitUs"),
    tasks: columns.tasks ? column("tasks") : null,
    critical: new Uint8Array(count),
    failed: new Uint8Array(count),
    attempts: new Map(columns.retried),
    labels: new Map(run.labels),
    // Worker w has the items from firstOf[w] to firstOf[w + 1].
    firstOf: new Uint32Array(run.workers + 1),
    // Items that bear a mark above their row.
    marked: [],
  };
  let worker = 0;
  let end = 0;
  let task = 0;
  for (let index = 0; index < count; index++) {
    if (workerSteps[index] > 0) {
      for (let step = 0; step < workerSteps[index]; step++) {
        items.firstOf[++worker] = index;
      }
      end = 0;
    }
    items.worker[index] = worker;
    items.start[index] = end + signed(gaps[index]);
    end = items.start[index] + length[index];
    items.end[index] = end;
    task += signed(taskSteps[index]);
    items.task[index] = task++;
    items.critical[index] = flags[index] & 1;
    items.failed[index] = flags[index] & 2;
    if (items.failed[index] || items.attempts.has(index)) {
      items.marked.push(index);
    }
  }
  items.firstOf.fill(count, worker + 1);
  items.colourOf = functions.map((each) => each.colour);
  return items;
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
