// First draw, and everything that draws again.

readTheme();
drawAll();
// What stands on a canvas counts when its pixels do.
stream.getContext("2d").getImageData(0, 0, 1, 1);
performance.measure("first draw", { start: started, end: performance.now() });
const [{ duration: firstDraw }] = performance.getEntriesByName("first draw");
document.getElementById("drawn").textContent = `Drawn in ${Math.max(1, Math.round(firstDraw))} ms.`;

view.listeners.push(redraw);
listenToPointer();
listenToKeys();
listenToButtons();
listenToHeadings();
prepareGraph();

// It also tells of the size that was there at first.
let drawnWidth = stream.clientWidth;
new ResizeObserver(() => {
  if (stream.clientWidth !== drawnWidth) {
    drawnWidth = stream.clientWidth;
    redraw();
  }
}).observe(stream);

function repaint() {
  readTheme();
  drawAll();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
// Paper is white.
addEventListener("beforeprint", () => {
  document.documentElement.dataset.print = "";
  repaint();
});
addEventListener("afterprint", () => {
  delete document.documentElement.dataset.print;
  repaint();
});
