// The charts under the stream, over the same time: running tasks, memory and cores.

const SERIES_HEIGHT = 112;
// A limit above this many times the peak is not drawn.
const FAR_ABOVE = 4;

// What a series of equal steps of the run's time has at each column of pixels.
function columnsOf(steps, columns, scale) {
  return Float64Array.from({ length: columns }, (_, column) => {
    const share = scale.time(GUTTER + column + 0.5) / run.wallNs;
    return steps[Math.min(steps.length - 1, Math.max(0, Math.floor(share * steps.length)))];
  });
}

function drawSeries(canvas, valuesOf, most, format, limit = null) {
  const { context, width } = prepareCanvas(canvas, SERIES_HEIGHT);
  drawAxis(context, width, SERIES_HEIGHT);
  const columns = Math.max(1, Math.ceil(width - GUTTER));
  const values = valuesOf(columns, scaleOf(width));
  const bottom = SERIES_HEIGHT - AXIS_HEIGHT;
  const y = (value) => bottom - (Math.min(value, most) / most) * (bottom - 8);
  context.strokeStyle = theme.line;
  context.fillStyle = theme.muted;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const value of [0, most / 2, most]) {
    context.beginPath();
    context.moveTo(GUTTER, Math.round(y(value)) + 0.5);
    context.lineTo(width, Math.round(y(value)) + 0.5);
    context.stroke();
    const label = format(value);
    if (label !== null) {
      context.fillText(label, GUTTER - 10, y(value));
    }
  }
  const edge = new Path2D();
  values.forEach((value, column) => {
    edge.lineTo(GUTTER + column, y(value));
    edge.lineTo(GUTTER + column + 1, y(value));
  });
  const area = new Path2D(edge);
  area.lineTo(GUTTER + columns, bottom);
  area.lineTo(GUTTER, bottom);
  context.fillStyle = theme.running;
  context.globalAlpha = 0.28;
  context.fill(area);
  context.globalAlpha = 1;
  context.strokeStyle = theme.running;
  context.lineWidth = 1.25;
  context.stroke(edge);
  if (limit !== null && limit <= most) {
    context.strokeStyle = theme.warn;
    context.lineWidth = 1.5;
    context.setLineDash([6, 4]);
    context.beginPath();
    context.moveTo(GUTTER, y(limit));
    context.lineTo(width, y(limit));
    context.stroke();
    context.setLineDash([]);
  }
}

function drawCharts(runningTasks) {
  const running = document.getElementById("running");
  drawSeries(running, () => runningTasks, run.workers, (value) => (Number.isInteger(value) ? String(value) : null));
  const memory = document.getElementById("memory");
  if (memory) {
    const { peak, limit } = run.memory;
    // A limit far above the peak would squeeze everything else against the axis.
    const most = limit !== null && limit <= FAR_ABOVE * peak ? Math.max(peak, limit) : peak;
    drawSeries(memory, (...size) => columnsOf(run.memory.steps, ...size), Math.max(1, most), bytes, limit);
  }
  const processMemory = document.getElementById("process-memory");
  if (processMemory) {
    drawSeries(processMemory, (...size) => columnsOf(run.process.memory, ...size), Math.max(1, run.process.mostMemory), bytes);
  }
  const cores = document.getElementById("cores");
  if (cores) {
    const most = Math.max(run.process.available, ...run.process.cores);
    drawSeries(cores, (...size) => columnsOf(run.process.cores, ...size), most, (value) => (Number.isInteger(value) ? String(value) : null));
  }
}
