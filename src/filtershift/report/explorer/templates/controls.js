// What is grouped, filtered and compared, and how: the panel beside the groups.
import { choice, h, renew } from "./elements.js";
import { columnOf, MOST_GROUPS } from "./labels.js";
import { ORDERS, WEIGHTINGS } from "./start_state.js";

const NONE = "";
// What a choice is begins it, of columns too, whose names may be anything.
const COLUMN = "column:";
const PARTS = "cut:";
const GROUPING = "grouping:";
const SELECTION = "selection:";

/** The panel; it is made anew when the state changes, with the focus where it was. */
export function controls(data, state) {
  const panel = h("form", { class: "controls", "aria-label": "Groups", onsubmit: (event) => event.preventDefault() });
  const show = () => renew(panel, ...fields(data, state));
  state.listen(show);
  show();
  return panel;
}

function fields(data, state) {
  const now = state.get();
  const set = (changes) => state.set({ ...changes, pair: null });
  return [
    h("fieldset", {}, h("legend", {}, "Group"), grouped(data, now, set)),
    h("fieldset", {}, h("legend", {}, "Filter"), ...filters(data, now, set)),
    h(
      "fieldset",
      {},
      h("legend", {}, "Compare"),
      choice("Filters", Object.keys(data.variants), now.variant, (variant) => state.set({ variant })),
      choice("Counts the same", WEIGHTINGS.map((w) => [w, `each ${w}`]), now.weighting, (weighting) => state.set({ weighting })),
      choice("Order", ORDERS, now.order, (order) => state.set({ order })),
      choice("Colour labels by", [[NONE, "nothing"], ...names(data, 2, data.colors.length)], now.colour, (colour) => state.set({ colour }))
    ),
  ];
}

const asColumn = (name) => [COLUMN + name, name];

const names = (data, least, most = Infinity) =>
  [...data.columns.values()].filter(({ labels }) => labels.length >= least && labels.length <= most).map(({ name }) => name);

function grouped(data, now, set) {
  const configured = [...data.groupings.values()].map(({ name, title }) => [GROUPING + name, title]);
  const labels = [...data.columns.values()].filter(({ labels }) => labels.length > 1 && labels.length <= MOST_GROUPS);
  const described = labels.filter(({ numeric }) => !numeric).map(({ name }) => name);
  const numeric = labels.filter(({ numeric }) => numeric).map(({ name }) => name);
  const cuts = [...data.measures.keys()].map((name) => [PARTS + name, `${name}, cut into parts`]);
  const options = [
    { group: "Configured", options: configured },
    { group: "Labels", options: described.map(asColumn) },
    { group: "Numbers", options: numeric.map(asColumn) },
    { group: "Cut into parts", options: cuts },
  ].filter(({ options }) => options.length);
  if (now.selection.length) options.unshift([SELECTION, `selection (${now.selection.length} layers)`]);
  const value = now.selection.length ? SELECTION : now.grouping ? GROUPING + now.grouping : (now.parts ? PARTS : COLUMN) + now.by[0];
  const first = choice("by", options, value, (name) => {
    if (name === SELECTION) return;
    const clear = { grouping: null, parts: 0, selection: [] };
    if (name.startsWith(GROUPING)) set({ ...clear, grouping: name.slice(GROUPING.length) });
    else if (name.startsWith(PARTS)) set({ ...clear, by: [name.slice(PARTS.length)], parts: 5 });
    else set({ ...clear, by: [name.slice(COLUMN.length)] });
  });
  if (now.selection.length) return [first];
  if (now.parts) return [first, amount("parts", now.parts, 2, 100, (parts) => set({ parts }))];
  const [column, other] = now.grouping ? [columnOf(data, now.grouping)] : now.by;
  if (!column) return [first];
  const second = choice("and by", [[NONE, "nothing else"], ...described.filter((name) => name !== column)], other ?? NONE, (name) =>
    set({ grouping: null, by: name ? [column, name] : [column] })
  );
  return [first, second];
}

function amount(label, value, min, max, onchange) {
  const input = h("input", { type: "number", value, min, max, onchange: () => input.reportValidity() && onchange(Number(input.value)) });
  return h("label", { class: "field" }, h("span", {}, label), input);
}

function filters(data, now, set) {
  const parts = [];
  for (const [name, chosen] of Object.entries(now.where)) parts.push(chips(data.columns.get(name), chosen, now, set));
  for (const [name, range] of Object.entries(now.ranges)) parts.push(between(data, name, range, now, set));
  const labels = names(data, 2, 400).filter((name) => !Object.hasOwn(now.where, name));
  const measures = [...data.measures.keys()].filter((name) => !Object.hasOwn(now.ranges, name));
  const options = [
    [NONE, "add a filter …"],
    { group: "Labels", options: labels.map(asColumn) },
    { group: "Ranges", options: measures.map((name) => [PARTS + name, name]) },
  ];
  const add = choice("Only layers with", options, NONE, (chosen) => {
    const [measure, column] = [PARTS, COLUMN].map((kind) => chosen.startsWith(kind) && chosen.slice(kind.length));
    if (measure) set({ ranges: { ...now.ranges, [measure]: limits(data, measure) } });
    else if (column) set({ where: { ...now.where, [column]: data.columns.get(column).labels } });
  });
  return [...parts, add];
}

const without = (object, key) => Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));

const FEW = 12; // labels that need no box to find one
const typed = new Map(); // what stands in the box of each column: the panel is made anew with each change

function chips({ name, labels }, chosen, now, set) {
  const is = (label) => chosen.includes(label);
  const shown = (label) => label.toLowerCase().includes((typed.get(name) ?? "").toLowerCase());
  const change = (next) => set({ where: { ...now.where, [name]: labels.filter(next) } });
  const toggle = (changed) => change((label) => is(label) !== (label === changed));
  const one = (label) =>
    h("button", { type: "button", class: "chip", "aria-pressed": String(is(label)), onclick: () => toggle(label) }, label);
  const list = h("div", { class: "chips" });
  const find = (text) => {
    typed.set(name, text);
    list.replaceChildren(...labels.filter(shown).map(one));
  };
  const box = h("input", { type: "search", value: typed.get(name) ?? "", placeholder: "find", "aria-label": `find a label of ${name}`, oninput: () => find(box.value) });
  find(box.value);
  return h(
    "div",
    { class: "filter", role: "group", "aria-label": `only these ${name}` },
    h(
      "p",
      {},
      h("strong", {}, name),
      h("button", { type: "button", class: "link", onclick: () => change((label) => is(label) || shown(label)) }, "all"),
      h("button", { type: "button", class: "link", onclick: () => change((label) => is(label) && !shown(label)) }, "none"),
      h("button", { type: "button", class: "link", onclick: () => set({ where: without(now.where, name) }) }, "remove")
    ),
    labels.length > FEW ? box : null,
    list
  );
}

function limits(data, name) {
  const values = data.measures.get(name).filter(Number.isFinite);
  return [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
}

function between(data, name, [low, high], now, set) {
  const change = (range) => set({ ranges: { ...now.ranges, [name]: range } });
  const end = (label, value, make) =>
    h("label", { class: "field" }, h("span", {}, label), h("input", { type: "number", step: "any", value, onchange: (event) => change(make(Number(event.target.value))) }));
  return h(
    "div",
    { class: "filter", role: "group", "aria-label": `range of ${name}` },
    h("p", {}, h("strong", {}, name), h("button", { type: "button", class: "link", onclick: () => set({ ranges: without(now.ranges, name) }) }, "remove")),
    end("from", low, (value) => [value, high]),
    end("to", high, (value) => [low, value])
  );
}
