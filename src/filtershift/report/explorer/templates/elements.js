// Elements of the page. Text is always set as text: nothing of a data set is read as HTML.

/** An element: h("p", {class: "note", onclick: f}, "text", child, …). */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked" || key === "selected" || key === "disabled") element[key] = value;
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const FIELDS = "select, input, button";

/** Put these in an element in place of what it holds; the focus stays on the field of the same place. */
export function renew(element, ...children) {
  const focus = [...element.querySelectorAll(FIELDS)].indexOf(document.activeElement);
  element.replaceChildren(...children);
  if (focus >= 0) element.querySelectorAll(FIELDS)[focus]?.focus();
}

/** A labelled list of choices: options are values, or [value, text] pairs, or {group, options}. */
export function choice(label, options, value, onchange) {
  const one = (option) => {
    const [key, text] = Array.isArray(option) ? option : [option, option];
    return h("option", { value: key, selected: key === value }, text);
  };
  const all = options.map((option) =>
    option.group ? h("optgroup", { label: option.group }, option.options.map(one)) : one(option)
  );
  const select = h("select", { onchange: (event) => onchange(event.target.value) }, all);
  return h("label", { class: "field" }, h("span", {}, label), select);
}

/** A table: columns are [heading, isNumber]; cells are texts, numbers or elements. Headings sort. */
export function table(caption, columns, rows, { onrow, most = 200 } = {}) {
  const body = h("tbody");
  let sorted = { column: -1, sign: 1 };
  const show = () => {
    const shown = [...rows];
    const { column, sign } = sorted;
    if (column >= 0) shown.sort((a, b) => sign * order(a.cells[column], b.cells[column]));
    body.replaceChildren(...shown.slice(0, most).map((row) => line(row, columns, onrow)));
  };
  const heads = columns.map(([heading, number], column) => {
    const sort = () => {
      sorted = { column, sign: sorted.column === column ? -sorted.sign : number ? -1 : 1 };
      heads.forEach((head, k) => {
        const direction = sorted.sign > 0 ? "ascending" : "descending";
        head.setAttribute("aria-sort", k === column ? direction : "none");
      });
      show();
    };
    return h("th", { scope: "col", class: number ? "number" : null, "aria-sort": "none" }, h("button", { type: "button", onclick: sort }, heading));
  });
  show();
  const more = rows.length > most ? h("p", { class: "note" }, `The first ${most} of ${rows.length} rows; the CSV file has all.`) : null;
  return h("div", { class: "table" }, h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, heads)), body), more);
}

function line({ cells, key, mark }, columns, onrow) {
  const row = h("tr", { class: mark ? "marked" : null });
  cells.forEach((cell, k) => {
    const text = typeof cell === "number" ? number(cell) : cell;
    const content = k === 0 && onrow ? h("button", { type: "button", class: "link", onclick: () => onrow(key) }, text) : text;
    row.append(h("td", { class: columns[k][1] ? "number" : null, dir: "auto" }, content ?? "–"));
  });
  return row;
}

const texts = new Intl.Collator("en", { numeric: true });

function order(a, b) {
  if (typeof a === "number" && typeof b === "number") return (a - b) || (Number.isNaN(a) - Number.isNaN(b));
  return texts.compare(String(a ?? ""), String(b ?? ""));
}

/** A number in three digits, counts in full. */
export function number(value) {
  if (!Number.isFinite(value)) return "–";
  if (Number.isInteger(value)) return value.toLocaleString("en");
  const size = Math.abs(value);
  return size >= 1e6 || (size < 1e-3 && size > 0) ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}
