/* The report's own script: the steppers, and tables that sort. Without it the page is whole: lists and plain tables. */
(function () {
  "use strict";
  /* The step that is shown is marked in the run's drawings too: they call it by the place that it leaves. */
  for (const root of document.querySelectorAll("[data-stepper]")) {
    const figures = Array.from(root.closest("article").querySelectorAll("figure"));
    root.addEventListener("dialproof-step", (event) => {
      for (const figure of figures) {
        const step = figure.id + "-step-" + (event.detail - 1);
        for (const part of figure.querySelectorAll("g[id*='-step-']")) {
          part.classList.toggle("at", part.id === step || part.id.startsWith(step + "-"));
        }
      }
    });
    dialproofStepper(root);
  }

  function key(row, column) {
    const cell = row.cells[column];
    const text = cell.dataset.sort || cell.textContent.trim();
    const number = Number(text);
    return text !== "" && !Number.isNaN(number) ? number : text.toLowerCase();
  }

  function compare(a, b) {
    if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
    return typeof a === "number" ? -1 : 1;
  }

  function sort(table, column, heading) {
    const down = heading.getAttribute("aria-sort") === "ascending";
    const body = table.tBodies[0];
    const rows = Array.from(body.rows).map((row, place) => ({ row, place, key: key(row, column) }));
    rows.sort((a, b) => (down ? compare(b.key, a.key) : compare(a.key, b.key)) || a.place - b.place);
    body.append(...rows.map((item) => item.row));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sort(table, column, heading));
      heading.append(button);
    });
  }

  /* What a link leads to must be seen, also where it lies folded up. */
  function unfold() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let around = target; around; around = around.parentElement) {
      if (around.tagName === "DETAILS") around.open = true;
    }
  }
  addEventListener("hashchange", unfold);
  unfold();

  /* On paper everything is unfolded. */
  const folded = [];
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details:not([open])")) {
      folded.push(details);
      details.open = true;
    }
  });
  addEventListener("afterprint", () => {
    for (const details of folded.splice(0)) details.open = false;
  });
})();
