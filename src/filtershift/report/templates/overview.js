"use strict";
// Inside a report this page has no folder beside it: files are named there, but cannot be opened.
// Chromium takes a link to a part of such a page for one to a file, too.
if (["data:", "blob:", "about:"].includes(location.protocol)) {
  for (const link of document.querySelectorAll("a")) {
    const part = link.hash && document.querySelector(link.hash);
    if (!part) link.replaceWith(...link.childNodes);
    else
      link.addEventListener("click", (event) => {
        event.preventDefault();
        part.scrollIntoView();
      });
  }
}

// A click on a heading sorts its table: ascending, descending, then as it was. What is missing stays last.
const next = { none: "ascending", ascending: "descending", descending: "none" };
const texts = new Intl.Collator("en", { numeric: true });

function key(cell) {
  if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
  return cell.textContent === "–" ? null : cell.textContent;
}

function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  return sign * (typeof a === "number" && typeof b === "number" ? a - b : texts.compare(a, b));
}

for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0];
  const original = [...body.rows];
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    heading.firstElementChild.addEventListener("click", () => {
      const order = next[heading.getAttribute("aria-sort")];
      for (const other of headings) other.setAttribute("aria-sort", other === heading ? order : "none");
      const sign = order === "ascending" ? 1 : -1;
      const rows = [...original];
      if (order !== "none") rows.sort((a, b) => compare(key(a.cells[column]), key(b.cells[column]), sign));
      body.replaceChildren(...rows);
    });
  });
}
