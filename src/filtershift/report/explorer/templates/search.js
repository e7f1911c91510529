// A box that finds models, layers and labels by their names.
import { label, layerName } from "./data.js";
import { h } from "./elements.js";
import { MOST_GROUPS } from "./labels.js";

const MOST = 50; // names that are suggested at a time

/** The box: a model or a layer opens the view of models, a label the groups of its column. */
export function search(data, state) {
  const places = found(data);
  const names = [...places.keys()];
  const list = h("datalist", { id: "names" });
  const suggest = () => {
    const text = input.value.toLowerCase();
    const some = [];
    for (const name of names) if (some.length < MOST && name.toLowerCase().includes(text)) some.push(h("option", { value: name }));
    list.replaceChildren(...some);
  };
  const go = () => {
    const changes = places.get(input.value);
    if (changes) {
      input.value = "";
      state.set(changes);
    }
    suggest();
  };
  const input = h("input", { type: "search", list: "names", placeholder: "find a model, layer or label", "aria-label": "find a model, layer or label", onchange: go, oninput: go });
  suggest();
  return h("span", { class: "search" }, input, list);
}

/** What each name leads to. */
function found(data) {
  const places = new Map();
  for (const { name, labels } of data.columns.values()) {
    if (name === "layer_name" || labels.length > MOST_GROUPS) continue;
    for (const text of labels) {
      const groups = { view: "groups", grouping: null, parts: 0, selection: [], by: [name], pair: [text, text] };
      places.set(`${name}: ${text}`, name === "model" ? { view: "models", model: text, layer: null } : groups);
    }
  }
  for (let layer = 0; layer < data.count; layer++) {
    const model = label(data, "model", layer);
    places.set(`${model} / ${layerName(data, layer)}`, { view: "models", model, layer });
  }
  return places;
}
