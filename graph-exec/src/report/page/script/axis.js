// Places times on a canvas and draws the axis of time.

const GUTTER = run.workers > 99 ? 88 : 78;
const AXIS_HEIGHT = 20;

function scaleOf(width) {
  const perTime = (width - GUTTER) / (view.to - view.from);
  return {
    perTime,
    x: (time) => GUTTER + (time - view.from) * perTime,
    time: (x) => view.from + (x - GUTTER) / perTime,
  };
}

// Steps of a clock: round numbers of seconds, minutes and hours, in nanoseconds.
const CLOCK_STEPS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18000, 36000, 86400].map((s) => s * 1e9);

// The smallest round step between ticks that leaves room for their labels.
function stepBetweenTicks(context, width) {
  const widest = context.measureText(moment(view.to, (view.to - view.from) / 10)).width + 28;
  const least = ((view.to - view.from) * widest) / Math.max(1, width - GUTTER);
  if (view.to >= CLOCK_FROM && least > 0.5e9 && least <= CLOCK_STEPS.at(-1)) {
    return CLOCK_STEPS.find((step) => step >= least);
  }
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least);
}

function drawAxis(context, width, height) {
  const { x } = scaleOf(width);
  const step = Math.max(1, stepBetweenTicks(context, width));
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.textBaseline = "alphabetic";
  for (let tick = Math.ceil(view.from / step); tick * step <= view.to; tick++) {
    const at = Math.round(x(tick * step)) + 0.5;
    context.beginPath();
    context.moveTo(at, 0);
    context.lineTo(at, height - AXIS_HEIGHT + 4);
    context.stroke();
    const label = moment(tick * step, step, view.to);
    const half = context.measureText(label).width / 2;
    context.textAlign = at + half > width ? "right" : "center";
    context.fillText(label, at + half > width ? width : at, height - 5);
  }
}
