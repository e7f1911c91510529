// Layers by two measures; a lasso makes a group of them, which is compared with the rest.
import { label, layerName } from "./data.js";
import { choice, h, number, renew, table } from "./elements.js";
import { kept } from "./labels.js";
import { draw, plain } from "./plots.js";
import { takeAway } from "./take_away.js";

const NONE = "";
const MOST_COLORS = 20;

export function layersView(data, state) {
  const plot = h("div", { class: "plot" });
  const [fields, ends, told, list] = [h("form", { class: "row", onsubmit: (event) => event.preventDefault() }), h("div"), h("p", { role: "status" }), h("div")];
  const csv = () => rows(data, shown(data, state.get()));
  const element = h(
    "div",
    { class: "view" },
    fields,
    ends,
    h("p", { class: "note" }, "Draw around layers to select them, or give the ends of a box. Filters of the view of groups hold here, too."),
    plot,
    takeAway(() => "layers", { csv, plot: () => plot }),
    told,
    list
  );
  const select = (layers) => state.set({ selection: layers });
  const show = async (now, changed) => {
    renew(fields, ...controls(data, state));
    if (!changed || changed.includes("x") || changed.includes("y")) ends.replaceChildren(box(data, now, (inside) => select(shown(data, state.get()).filter(inside))));
    const layers = shown(data, now);
    await draw(plot, traces(data, now, layers), layout(now));
    if (!plot.dataset.heard) {
      plot.dataset.heard = "yes";
      plot.on("plotly_selected", (event) => event && select(event.points.map(({ customdata }) => customdata)));
      plot.on("plotly_deselect", () => select([]));
    }
    told.replaceChildren(...selected(data, state, now, layers));
    list.replaceChildren(layerTable(data, now.selection.length ? now.selection : layers, (layer) => state.set({ view: "models", model: modelOf(data, layer), layer })));
  };
  return { element, show };
}

function controls(data, state) {
  const now = state.get();
  const measures = [...data.measures.keys()];
  const labels = [...data.columns.values()].filter(({ labels }) => labels.length > 1 && labels.length <= data.colors.length);
  return [
    choice("across", measures, now.x, (x) => state.set({ x })),
    choice("up", measures, now.y, (y) => state.set({ y })),
    choice("Colour by", [[NONE, "nothing"], ...labels.map(({ name }) => name)], now.colour, (colour) => state.set({ colour })),
  ];
}

/** What the lasso is to a pointer: the ends of a box. onselect gets whether a layer is in it. */
function box(data, { x, y }, onselect) {
  const sides = [x, y].map((name) => ({
    name,
    ends: ["from", "to"].map((end) => h("input", { type: "number", step: "any", placeholder: end, "aria-label": `${name} ${end}` })),
  }));
  const inside = (layer) =>
    sides.every(({ name, ends: [low, high] }) => {
      const value = data.measures.get(name)[layer];
      return !(value < low.valueAsNumber) && !(value > high.valueAsNumber);
    });
  const onsubmit = (event) => {
    event.preventDefault();
    onselect(inside);
  };
  return h("form", { class: "row box", "aria-label": "Select layers", onsubmit }, sides.map(({ name, ends }) => h("span", {}, `${name} `, ends)), h("button", {}, "Select"));
}

/** Layers that are kept by the filters and have both measures. */
function shown(data, { x, y, where, ranges }) {
  const keep = kept(data, { where, ranges });
  const [across, up] = [data.measures.get(x), data.measures.get(y)];
  return [...keep.keys()].filter((k) => keep[k] && Number.isFinite(across[k]) && Number.isFinite(up[k]));
}

const modelOf = (data, layer) => label(data, "model", layer);

function traces(data, { x, y, colour, selection }, layers) {
  const column = data.columns.get(colour);
  const groups = new Map();
  for (const layer of layers) {
    const key = column ? column.code[layer] : 0;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(layer);
  }
  const chosen = new Set(selection);
  const [across, up] = [data.measures.get(x), data.measures.get(y)];
  const sorted = [...groups].sort((a, b) => b[1].length - a[1].length);
  return sorted.map(([key, own], k) => ({
    type: "scatter", mode: "markers", name: column ? plain(column.labels[key]) : "layers", showlegend: Boolean(column) && k < MOST_COLORS,
    x: own.map((layer) => across[layer]), y: own.map((layer) => up[layer]), customdata: own,
    text: own.map((layer) => plain(`${modelOf(data, layer)}: ${layerName(data, layer)}`)),
    hovertemplate: `%{text}<br>${plain(x)} %{x}<br>${plain(y)} %{y}<extra></extra>`,
    marker: { size: 5, opacity: 0.6, color: column ? data.colors[key] ?? "#999999" : "#0072b2" },
    ...(chosen.size ? { selectedpoints: own.map((layer, at) => [layer, at]).filter(([layer]) => chosen.has(layer)).map(([, at]) => at) } : {}),
  }));
}

const layout = ({ x, y }) => ({
  height: 560, dragmode: "lasso", hovermode: "closest",
  xaxis: { title: { text: plain(x) }, type: scale(x) }, yaxis: { title: { text: plain(y) }, type: scale(y) },
});

const scale = (name) => (["n_filters", "mean_range", "rms_norm", "stable_rank", "effective_rank", "in_channels", "out_channels"].includes(name) ? "log" : "linear");

function selected(data, state, { selection }, layers) {
  if (!selection.length) return [`${number(layers.length)} layers.`];
  const open = () => state.set({ view: "groups", grouping: null, pair: ["selection", "the rest"] });
  return [
    `${number(selection.length)} of ${number(layers.length)} layers selected. `,
    h("button", { type: "button", onclick: open }, "Compare with the rest"),
    h("button", { type: "button", class: "link", onclick: () => state.set({ selection: [] }) }, "forget"),
  ];
}

const COLUMNS = ["n_filters", "conv_depth_norm", "sparsity", "variance_entropy", "entropy_ratio", "orthogonality"];

function layerTable(data, layers, onrow) {
  const measures = COLUMNS.filter((name) => data.measures.has(name));
  const heads = [["layer", false], ["model", false], ["state", false], ...measures.map((name) => [name.replaceAll("_", " "), true])];
  const cells = (layer) => [layerName(data, layer), modelOf(data, layer), label(data, "state", layer), ...measures.map((name) => data.measures.get(name)[layer])];
  return table("Layers", heads, layers.map((layer) => ({ key: layer, cells: cells(layer) })), { onrow });
}

function rows(data, layers) {
  const names = [...data.measures.keys()];
  const heads = ["layer", "model", "layer_name", "state", ...names];
  const line = (layer) => [data.layer[layer], modelOf(data, layer), label(data, "layer_name", layer), label(data, "state", layer), ...names.map((name) => data.measures.get(name)[layer])];
  return [heads, ...layers.map(line)];
}
