// Of a run on a cluster: draws stripes where a worker waited for the inputs of a task.

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
