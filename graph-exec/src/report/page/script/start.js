// Draws the page for the first time, and listens to what makes it draw again.

readTheme();
drawAll();
drawHatchKeys();
// Reading a pixel waits until the canvas is really drawn.
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
listenToOtherReport();

// The observer is also called for the size at the beginning, which needs no new draw.
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
  drawHatchKeys();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
// A page is printed in the light colours.
addEventListener("beforeprint", () => {
  document.documentElement.dataset.print = "";
  repaint();
});
addEventListener("afterprint", () => {
  delete document.documentElement.dataset.print;
  repaint();
});
