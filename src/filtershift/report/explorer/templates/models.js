// One model: its layers by depth, its nearest models, filters of its layers, and another model beside it.
import { beside } from "./beside.js";
import { compute } from "./computed.js";
import { label, layerName } from "./data.js";
import { choice, h, number, renew } from "./elements.js";
import { filterImage, words } from "./filter_images.js";
import { nearest } from "./maps.js";
import { draw, plain } from "./plots.js";
import { takeAway } from "./take_away.js";

const STATES = { diverse: "#0072b2", degenerate: "#d55e00", "random-like": "#cc79a7" };
const CURVES = ["variance_entropy", "random_threshold", "sparsity", "orthogonality"];

export function modelsView(data, state) {
  const marked = new Set(data.marked);
  const others = data.columns.get("model").labels.filter((name) => !marked.has(name));
  const models = [...data.marked, ...others.toSorted(new Intl.Collator("en", { numeric: true }).compare)];
  const [fields, about, kin, mosaic] = [h("form", { class: "row", onsubmit: (event) => event.preventDefault() }), h("p"), h("div"), h("div")];
  const plot = h("div", { class: "plot" });
  const shown = () => (models.includes(state.get().model) ? state.get().model : models[0]);
  const pair = beside(data, state, models, layersOf);
  const element = h(
    "div",
    { class: "view" },
    fields,
    about,
    h("h2", {}, "Layers by depth"),
    h("p", { class: "note" }, "Click a layer to see its filters. A layer whose entropy is above the random threshold cannot be told from an untrained one."),
    plot,
    takeAway(() => `layers of ${shown()}`, { csv: () => rows(data, layersOf(data, shown())), plot: () => plot }),
    h("h2", {}, "Filters"),
    mosaic,
    h("h2", {}, "Nearest models"),
    kin,
    pair.element
  );
  const show = async (now, changed) => {
    const model = shown();
    const layers = layersOf(data, model);
    renew(mosaic, ...filters(data, state, layers));
    if (changed?.every((key) => key === "layer")) return;
    await pair.show(model, now);
    if (changed?.every((key) => key === "other")) return;
    renew(fields, choice("Model", models, model, (name) => state.set({ model: name, layer: null })));
    about.replaceChildren(described(data, layers));
    await draw(plot, curves(data, layers), { height: 380, hovermode: "closest", xaxis: { title: { text: "layers by depth" } }, yaxis: { range: [-0.02, 1.02] } });
    plot.removeAllListeners("plotly_click");
    plot.on("plotly_click", ({ points: [{ customdata }] }) => state.set({ layer: customdata }));
    const asked = { ...now, grouping: null, by: ["model"], parts: 0, selection: [], where: {}, ranges: {}, order: "label" };
    const computed = await compute(data, asked);
    kin.replaceChildren(computed.error ?? nearest(computed, computed.labels.indexOf(model), (_, other) => state.set({ model: other, layer: null })));
  };
  return { element, show };
}

function layersOf(data, model) {
  const { labels, code } = data.columns.get("model");
  const number = labels.indexOf(model);
  const depth = data.measures.get("conv_depth");
  const own = [...code.keys()].filter((layer) => code[layer] === number);
  return depth ? own.sort((a, b) => depth[a] - depth[b] || a - b) : own;
}

const SAID = ["Name", "Task", "Visual Category", "Training-Dataset", "Pretraining-Dataset", "License", "producer", "batch_norm", "depth_source"];

function described(data, layers) {
  const words = SAID.map((name) => [name, label(data, name, layers[0])]).filter(([, text]) => text && text !== "unknown");
  const filters = layers.reduce((sum, layer) => sum + data.n[layer], 0);
  const states = ["degenerate", "random-like"].map((state) => `${number(layers.filter((layer) => label(data, "state", layer) === state).length)} ${state}`);
  return h("span", {}, `${number(layers.length)} layers (${states.join(", ")}), ${number(filters)} filters. `, words.map(([name, text]) => `${name}: ${text}`).join(" · "));
}

function curves(data, layers) {
  const at = layers.map((_, k) => k);
  const known = CURVES.filter((name) => data.measures.has(name));
  const lines = known.map((name) => ({
    type: "scatter", mode: "lines", name: name.replaceAll("_", " "), x: at, y: layers.map((layer) => data.measures.get(name)[layer]), customdata: layers,
    text: layers.map((layer) => plain(layerName(data, layer))), hovertemplate: `%{text}<br>${name} %{y:.3f}<extra></extra>`,
    line: { width: 1.5, dash: name === "random_threshold" ? "dot" : "solid" },
  }));
  const states = layers.map((layer) => label(data, "state", layer));
  const marks = Object.entries(STATES).map(([name, color]) => ({
    type: "scatter", mode: "markers", name, x: at.filter((k) => states[k] === name), y: at.filter((k) => states[k] === name).map(() => 0),
    customdata: layers.filter((_, k) => states[k] === name), text: at.filter((k) => states[k] === name).map((k) => plain(layerName(data, layers[k]))),
    hovertemplate: `%{text}: ${name}<extra></extra>`, marker: { color, size: 8, symbol: "square" },
  }));
  return [...lines, ...marks];
}

function filters(data, state, layers) {
  if (!data.examples) return [h("p", { class: "note" }, "No filters are kept in this page.")];
  const chosen = state.get().layer;
  const shown = layers.includes(chosen) ? chosen : layers[0];
  const list = choice("Layer", layers.map((layer) => [String(layer), `${layerName(data, layer)} (${number(data.n[layer])} filters${wasted(data, layer)})`]), String(shown), (layer) =>
    state.set({ layer: Number(layer) })
  );
  const { kinds, each } = data.examples;
  const whose = data.joint ? `in ${label(data, "data set", shown)}` : data.marked.includes(label(data, "model", shown)) ? "among your models' filters" : "in the data set";
  return [
    h("div", { class: "row" }, list),
    h("p", { class: "note" }, `Typical and extreme: by the layer's own histograms, of up to 1,024 of its filters. Each is drawn to its own largest weight; its row ${whose} stands below it.`),
    ...kinds.map((kind, k) => h("div", { class: "filters" }, h("span", { class: "kind" }, kind), images(data, shown, k * each, each))),
  ];
}

function wasted(data, layer) {
  const state = label(data, "state", layer);
  return state && state !== "diverse" ? `, ${state}` : "";
}

function images(data, layer, from, each) {
  const { row, weights } = data.examples;
  const all = row.length / data.count;
  const found = [];
  for (let k = layer * all + from; k < layer * all + from + each; k++) {
    if (row[k] < 0) continue;
    const own = [...weights.subarray(9 * k, 9 * k + 9)];
    found.push(h("figure", {}, filterImage(own, `filter ${row[k]}: ${words(own)}`, 54), h("figcaption", {}, String(row[k]))));
  }
  return found.length ? found : [h("span", { class: "note" }, "none")];
}

function rows(data, layers) {
  const names = [...data.measures.keys()];
  const line = (layer) => [data.layer[layer], layerName(data, layer), label(data, "state", layer), ...names.map((name) => data.measures.get(name)[layer])];
  return [["layer", "layer_name", "state", ...names], ...layers.map(line)];
}
