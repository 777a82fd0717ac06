// Sorts the table by function when the button of a heading is pressed.

function listenToHeadings() {
  const table = document.getElementById("functions");
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    heading.querySelector("button").addEventListener("click", () => {
      // First names are sorted from A and numbers from the largest; a second click reverses the order.
      const first = column === 0 ? "ascending" : "descending";
      const second = column === 0 ? "descending" : "ascending";
      const order = heading.getAttribute("aria-sort") === first ? second : first;
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", order);
      const value = (row) => row.cells[column].dataset.value;
      const compare = column === 0 ? (a, b) => value(a).localeCompare(value(b)) : (a, b) => value(a) - value(b);
      const sign = order === "ascending" ? 1 : -1;
      const rows = [...body.rows].filter((row) => !row.classList.contains("rest"));
      const rest = [...body.rows].filter((row) => row.classList.contains("rest"));
      body.append(...rows.sort((a, b) => sign * compare(a, b)), ...rest);
    });
  });
}
