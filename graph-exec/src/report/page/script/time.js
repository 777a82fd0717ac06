// Writes times, sizes and counts. All times are in nanoseconds. Durations, bytes and groups of digits
// look as those that Rust writes: a test compares them.

const UNITS = [
  { name: "s", size: 1e9 },
  { name: "ms", size: 1e6 },
  { name: "µs", size: 1e3 },
  { name: "ns", size: 1 },
];

// Rounds to three significant digits, halves to even; numbers from 1000 on to whole ones.
function threeDigits(number) {
  const scale = number < 10 ? 100 : number < 100 ? 10 : 1;
  return toEven(number * scale) / scale;
}

function toEven(number) {
  const below = Math.floor(number);
  const rest = number - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

// A number in the first unit in which it is less than `step`, rounding included.
function inUnits(number, step, units) {
  let unit = 0;
  while (threeDigits(number) >= step && unit + 1 < units.length) {
    number /= step;
    unit++;
  }
  return `${threeDigits(number)} ${units[unit]}`;
}

// A duration with up to three digits and a unit, from a minute on in two units.
function duration(time) {
  if (time === 0) {
    return "0 s";
  }
  if (threeDigits(time / 1e9) < 60) {
    return inUnits(time, 1000, ["ns", "µs", "ms", "s"]);
  }
  const seconds = toEven(time / 1e9);
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
  }
  const minutes = toEven(time / 60e9);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

// Moments from here on are written as on a clock.
const CLOCK_FROM = 600e9;

// h:mm:ss
function clock(time, step) {
  const decimals = Math.max(0, Math.ceil(-Math.log10(step / 1e9) - 1e-9));
  const scale = 10 ** decimals;
  const ticks = Math.round((time / 1e9) * scale);
  const seconds = Math.floor(ticks / scale);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const fraction = decimals > 0 ? `.${String(ticks % scale).padStart(decimals, "0")}` : "";
  return `${hours}:${String(minutes).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}${fraction}`;
}

// A moment in the unit that suits the largest moment beside it, with enough decimals to tell it from
// one a step away.
function moment(time, step, largest = time) {
  if (largest >= CLOCK_FROM) {
    return clock(time, step);
  }
  const unit = UNITS.find(({ size }) => Math.max(largest, step) >= size) ?? UNITS[3];
  const decimals = Math.max(0, Math.ceil(-Math.log10(step / unit.size) - 1e-9));
  return `${(time / unit.size).toFixed(time === 0 ? 0 : decimals)} ${unit.name}`;
}

function bytes(number) {
  return inUnits(number, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]);
}

function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}
