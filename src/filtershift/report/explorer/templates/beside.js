// Two models layer by layer: which of their layers differ most.
import { label, layerName, variant as open } from "./data.js";
import { choice, h, number, renew, table } from "./elements.js";
import { draw, plain } from "./plots.js";
import { shifts } from "./shifts.js";
import { takeAway } from "./take_away.js";

const NONE = "";
const CHANGED = ["variance_entropy", "sparsity", "orthogonality"];
const SHAPE = ["n_filters", "in_channels", "out_channels"];

/** The part of the view of models that compares the one shown with another; `models` are their names in order. */
export function beside(data, state, models, layersOf) {
  const fields = h("form", { class: "row", onsubmit: (event) => event.preventDefault() });
  const slider = h("input", { type: "range", min: 0, max: models.length - 1, "aria-label": "the other model, in order", oninput: () => state.set({ other: models[slider.value] }) });
  const [about, list, plot] = [h("p", { class: "note" }), h("div"), h("div", { class: "plot" })];
  let pairs = [];
  const csv = () => [["layer", "layer_after", "shift", ...CHANGED.flatMap((name) => [`${name}_before`, `${name}_after`])], ...pairs.map((pair) => line(data, pair))];
  const take = takeAway(() => `${state.get().model ?? models[0]} and ${state.get().other}`, { csv, plot: () => plot });
  const found = h("div", {}, slider, about, plot, take, list);
  const element = h("section", { "aria-label": "Layer by layer" }, h("h2", {}, "Layer by layer"), fields, found);
  const show = async (model, { other, variant }) => {
    renew(fields, choice("Beside", [[NONE, "no other model"], ...models.filter((name) => name !== model)], other ?? NONE, (name) => state.set({ other: name || null })));
    found.hidden = !other || other === model;
    if (found.hidden) return;
    slider.value = models.indexOf(other);
    pairs = await apart(data, variant, ...[model, other].map((name) => layersOf(data, name)));
    const left = layersOf(data, model).length - pairs.length;
    about.textContent =
      `D of each layer to its counterpart, ${variant} filters: the layer of the same name, or else the next one of the same shape; ${number(left)} have none. ` +
      "How much of it is noise is not known here: in the workflow, layerwise says so.";
    const trace = { type: "bar", x: pairs.map((_, k) => k), y: pairs.map(({ d }) => d), customdata: pairs.map(({ one }) => one), text: pairs.map(({ one }) => plain(layerName(data, one))), textposition: "none", hovertemplate: "%{text}<br>D %{y:.3g}<extra></extra>", marker: { color: "#0072b2" } };
    await draw(plot, [trace], { height: 260, xaxis: { title: { text: "layers by depth" } }, yaxis: { title: { text: "D" }, rangemode: "tozero" } });
    plot.removeAllListeners("plotly_click");
    plot.on("plotly_click", ({ points: [{ customdata }] }) => state.set({ layer: customdata }));
    list.replaceChildren(moved(data, state, pairs));
  };
  return { element, show };
}

/** The shift of each layer to its counterpart, in the order of the first model's layers. */
async function apart(data, name, layers, others) {
  const variant = await open(data, name);
  const row = 9 * variant.bins;
  const counts = new Float64Array(2 * row);
  return matched(data, layers, others).map(([one, other]) => {
    [one, other].forEach((layer, k) => counts.set(variant.counts.subarray(layer * row, (layer + 1) * row), k * row));
    return { one, other, d: shifts(counts, 2, variant, data.choices).d[1] };
  });
}

/** Pairs of layers: those of the same name, then, of the rest, the first of a shape with the first of that shape. */
function matched(data, layers, others) {
  const pairs = new Map();
  for (const key of [(layer) => label(data, "layer_name", layer), (layer) => SHAPE.map((name) => data.measures.get(name)?.[layer]).join()]) {
    const waiting = Map.groupBy(others.filter((other) => ![...pairs.values()].includes(other)), key);
    for (const layer of layers) {
      const known = key(layer);
      const other = !pairs.has(layer) && known && known !== "unknown" ? waiting.get(known)?.shift() : undefined;
      if (other !== undefined) pairs.set(layer, other);
    }
  }
  return layers.filter((layer) => pairs.has(layer)).map((layer) => [layer, pairs.get(layer)]);
}

function line(data, { one, other, d }) {
  const measured = CHANGED.flatMap((name) => [one, other].map((layer) => data.measures.get(name)?.[layer] ?? NaN));
  return [layerName(data, one), layerName(data, other), d, ...measured];
}

function moved(data, state, pairs) {
  const columns = [["layer", false], ["D", true], ...CHANGED.map((name) => [`change of ${name.replaceAll("_", " ")}`, true])];
  const change = (name, { one, other }) => (data.measures.has(name) ? data.measures.get(name)[other] - data.measures.get(name)[one] : NaN);
  const rows = pairs.toSorted((a, b) => b.d - a.d).map((pair) => ({ key: pair.one, cells: [layerName(data, pair.one), pair.d, ...CHANGED.map((name) => change(name, pair))] }));
  return table("Layers, those that differ most first", columns, rows, { onrow: (layer) => state.set({ layer }), most: 20 });
}
