// The picture of the graph: the critical path is outlined, and a large picture can be scaled to fit.

function prepareGraph() {
  const frame = document.getElementById("graph");
  const button = document.getElementById("graph-size");
  const picture = frame.querySelector("svg");
  if (!picture) {
    frame.hidden = true;
    button.hidden = true;
    return;
  }
  // A box is a group with a title; the boxes are in the order of their indices.
  const boxes = [...picture.querySelectorAll("g")].filter((group) => group.firstElementChild?.localName === "title");
  run.criticalBoxes.forEach((box) => boxes[box]?.classList.add("critical"));
  const fit = (fitted) => {
    frame.classList.toggle("fitted", fitted);
    button.setAttribute("aria-pressed", String(!fitted));
  };
  const natural = { width: picture.width.baseVal.value, height: picture.height.baseVal.value };
  const shrink = Math.max(natural.width / frame.clientWidth, natural.height / 700);
  // At less than half its size, the texts could not be read.
  fit(shrink <= 2);
  button.hidden = shrink <= 1;
  button.addEventListener("click", () => fit(!frame.classList.contains("fitted")));
}
