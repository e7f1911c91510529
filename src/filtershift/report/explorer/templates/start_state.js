// The state that a page begins with, and what of an address can be believed: it may come from anywhere.

export const VIEWS = ["groups", "layers", "models"];
export const WEIGHTINGS = ["filter", "layer", "model"];
export const ORDERS = ["as configured", "mean shift", "tree", "label", "size"];

export function defaults(data) {
  const grouping = [...data.groupings.values()].find(({ labels }) => labels.length > 1)?.name ?? null;
  const measures = [...data.measures.keys()];
  const preferred = (name, other) => (data.measures.has(name) ? name : other);
  return {
    view: data.marked.length && !data.joint ? "models" : "groups",
    variant: Object.keys(data.variants)[0],
    grouping,
    by: ["model"],
    parts: 0,
    selection: [],
    where: {},
    ranges: {},
    weighting: data.choices.weighting,
    order: "as configured",
    colour: data.joint ? "data set" : "",
    pair: null,
    x: preferred("conv_depth_norm", measures[0]),
    y: preferred("variance_entropy", measures.at(-1)),
    model: data.marked[0] ?? null,
    other: null,
    layer: null,
  };
}

const isText = (value) => typeof value === "string";
const isList = (value, check) => Array.isArray(value) && value.every(check);
const isLayer = (data) => (value) => Number.isInteger(value) && value >= 0 && value < data.count;

/** Whether the value of each key makes sense for this data. */
const CHECKS = {
  view: (value) => VIEWS.includes(value),
  variant: (value, data) => isText(value) && Object.hasOwn(data.variants, value),
  grouping: (value, data) => value === null || data.groupings.has(value),
  by: (value, data, { parts }) => isList(value, (name) => (parts ? data.measures : data.columns).has(name)) && [1, 2].includes(value.length),
  parts: (value, data, { by }) => Number.isInteger(value) && value >= 0 && value <= 100 && (!value || data.measures.has(by?.[0])),
  selection: (value, data) => isList(value, isLayer(data)),
  where: (value, data) => isRecord(value) && Object.entries(value).every(([name, labels]) => data.columns.has(name) && isList(labels, isText)),
  ranges: (value, data) => isRecord(value) && Object.entries(value).every(([name, ends]) => data.measures.has(name) && isList(ends, Number.isFinite) && ends.length === 2),
  weighting: (value) => WEIGHTINGS.includes(value),
  order: (value) => ORDERS.includes(value),
  colour: (value, data) => value === "" || data.columns.has(value),
  pair: (value) => value === null || (isList(value, isText) && value.length === 2),
  x: (value, data) => data.measures.has(value),
  y: (value, data) => data.measures.has(value),
  model: (value, data) => value === null || data.columns.get("model").labels.includes(value),
  other: (value, data) => value === null || data.columns.get("model").labels.includes(value),
  layer: (value, data) => value === null || isLayer(data)(value),
};

const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The names of the keys in an address whose values make no sense for this data. */
export function mistaken(data, found) {
  return Object.keys(found).filter((key) => !CHECKS[key](found[key], data, found));
}
