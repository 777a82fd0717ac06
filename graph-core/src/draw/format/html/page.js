"use strict";
const main = document.querySelector("main"), svg = main.querySelector("svg"), search = document.querySelector("input");
const found = document.querySelector("output"), hover = document.getElementById("hover");
const tasks = [...svg.querySelectorAll(".task")], edges = [...svg.querySelectorAll(".ways path")];
const ends = edges.map(edge => edge.dataset.ends.split(" ").map(Number));
const full = svg.viewBox.baseVal, [width, height] = [full.width, full.height];
let view, fitted, hits = [], hit = -1;

// The part of the picture that is seen: its middle, and pixels of the screen per unit.
const fitting = () => Math.min(main.clientWidth / width, main.clientHeight / height);
const show = () => {
  const w = main.clientWidth / view.scale, h = main.clientHeight / view.scale;
  fitted = false;
  svg.setAttribute("viewBox", `${view.x - w / 2} ${view.y - h / 2} ${w} ${h}`);
};
const fit = () => { view = { x: width / 2, y: height / 2, scale: Math.min(fitting(), 1.5) }; show(); fitted = true; };
const pan = (dx, dy) => { view.x -= dx / view.scale; view.y -= dy / view.scale; show(); };
const zoom = (factor, x = 0, y = 0) => {
  const scale = Math.max(Math.min(fitting(), 1) / 2, Math.min(8, view.scale * factor));
  view.x += x / view.scale - x / scale;
  view.y += y / view.scale - y / scale;
  view.scale = scale;
  show();
};
const centre = task => {
  const box = task.getBBox();
  Object.assign(view, { x: box.x + box.width / 2, y: box.y + box.height / 2, scale: Math.max(view.scale, 0.8) });
  show();
};

// A box that is pointed at or focused stands out with its neighbours, and says what it is.
const choose = (task, x, y) => {
  const chosen = tasks.indexOf(task), near = new Set([chosen]);
  ends.forEach((pair, i) => {
    const touches = pair.includes(chosen);
    edges[i].classList.toggle("near", touches);
    if (touches) pair.forEach(end => near.add(end));
  });
  tasks.forEach((other, i) => other.classList.toggle("near", near.has(i)));
  svg.classList.toggle("chosen", !!task);
  hover.hidden = !task;
  if (!task) return;
  hover.textContent = task.getAttribute("aria-label");
  hover.style.left = Math.max(0, Math.min(x + 14, innerWidth - hover.offsetWidth - 8)) + "px";
  hover.style.top = Math.max(0, Math.min(y + 14, innerHeight - hover.offsetHeight - 8)) + "px";
};
const focus = task => {
  if (!task) return;
  centre(task);
  tasks.forEach(other => other.setAttribute("tabindex", other === task ? 0 : -1));
  task.focus({ preventScroll: true });
  const box = task.getBoundingClientRect();
  choose(task, box.left, box.bottom - 8);
};
const find = () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const text = task => (task.textContent + "\n" + task.getAttribute("aria-label")).toLowerCase();
  hits = words.length ? tasks.filter(task => words.every(word => text(task).includes(word))) : [];
  tasks.forEach(task => task.classList.toggle("found", hits.includes(task)));
  found.textContent = words.length ? `${hits.length} found` : "";
  hit = -1;
};
const next = step => {
  if (!hits.length) return;
  hit = (hit + step + hits.length) % hits.length;
  found.textContent = `${hit + 1} of ${hits.length}`;
  centre(hits[hit]);
  const box = hits[hit].getBoundingClientRect();
  choose(hits[hit], box.left, box.bottom - 8);
};

let last = null;
main.addEventListener("pointerdown", event => { last = event; });
addEventListener("pointerup", () => { last = null; main.classList.remove("dragged"); });
addEventListener("pointermove", event => {
  if (last) {
    pan(event.clientX - last.clientX, event.clientY - last.clientY);
    last = event;
    main.classList.add("dragged");
    choose(null);
  } else if (main.contains(event.target)) {
    choose(event.target.closest(".task"), event.clientX, event.clientY);
  }
});
main.addEventListener("wheel", event => {
  event.preventDefault();
  const box = main.getBoundingClientRect();
  const x = event.clientX - box.left - box.width / 2, y = event.clientY - box.top - box.height / 2;
  zoom(Math.exp(-event.deltaY / 400), x, y);
}, { passive: false });

// Tab enters the picture once; inside, n and p go from box to box and arrows move the view.
const keys = {
  "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), "0": fit,
  ArrowLeft: () => pan(60, 0), ArrowRight: () => pan(-60, 0), ArrowUp: () => pan(0, 60), ArrowDown: () => pan(0, -60),
  n: () => focus(tasks[(tasks.indexOf(document.activeElement) + 1) % tasks.length]),
  p: () => focus(tasks[(Math.max(tasks.indexOf(document.activeElement), 0) + tasks.length - 1) % tasks.length]),
  "/": () => search.focus(), Escape: () => { choose(null); document.activeElement.blur(); },
};
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === search) {
    if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") { search.value = ""; find(); choose(null); search.blur(); }
    return;
  }
  const action = keys[event.key];
  if (action) { event.preventDefault(); action(); }
});
svg.addEventListener("focusin", event => { if (event.target.matches(".task:focus-visible") && hover.hidden) focus(event.target); });
svg.addEventListener("focusout", () => choose(null));
search.addEventListener("input", find);
for (const [id, action] of [["in", () => zoom(1.25)], ["out", () => zoom(0.8)], ["fit", fit]]) {
  document.getElementById(id).addEventListener("click", action);
}
// A picture that nobody has moved fits the window whatever its size.
addEventListener("resize", () => (fitted ? fit : show)());
if (tasks.length) tasks[0].setAttribute("tabindex", 0);
fit();
