// A box that finds models and labels by their names.
import { h } from "./elements.js";
import { MOST_GROUPS } from "./labels.js";

const MOST = 2000; // names that are suggested

/** The box: a model opens its view, a label the groups of its column. */
export function search(data, state) {
  const places = new Map();
  for (const { name, labels } of data.columns.values()) {
    if (name !== "layer_name" && labels.length <= MOST_GROUPS) for (const label of labels) places.set(`${name}: ${label}`, [name, label]);
  }
  const go = () => {
    const place = places.get(input.value);
    if (!place) return;
    const [name, label] = place;
    input.value = "";
    if (name === "model") state.set({ view: "models", model: label, layer: null });
    else state.set({ view: "groups", grouping: null, parts: 0, selection: [], by: [name], pair: [label, label] });
  };
  const input = h("input", { type: "search", list: "names", placeholder: "find a model or label", "aria-label": "find a model or label", onchange: go, oninput: go });
  const names = h("datalist", { id: "names" }, [...places.keys()].slice(0, MOST).map((name) => h("option", { value: name })));
  return h("span", { class: "search" }, input, names);
}
