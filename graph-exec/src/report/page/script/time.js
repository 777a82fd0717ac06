// Writes times, sizes and counts. All times are in nanoseconds.

const UNITS = [
  { name: "s", size: 1e9 },
  { name: "ms", size: 1e6 },
  { name: "µs", size: 1e3 },
  { name: "ns", size: 1 },
];

// A duration with three significant digits and a unit.
function duration(time) {
  if (time === 0) {
    return "0 s";
  }
  if (time >= 120e9) {
    const seconds = Math.floor(time / 1e9);
    const minutes = Math.floor(seconds / 60);
    return minutes < 60
      ? `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`
      : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
  }
  const unit = UNITS.find(({ size }) => time >= 0.9995 * size) ?? UNITS[3];
  const number = time / unit.size;
  const decimals = unit.size === 1 ? 0 : number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
  return `${number.toFixed(decimals)} ${unit.name}`;
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
  const names = ["B", "KiB", "MiB", "GiB", "TiB"];
  let power = 0;
  while (number >= 1024 && power < names.length - 1) {
    number /= 1024;
    power++;
  }
  const decimals = power === 0 ? 0 : number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
  return `${number.toFixed(decimals)} ${names[power]}`;
}

function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}
