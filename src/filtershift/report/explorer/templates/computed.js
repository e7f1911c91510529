// Groups as they are asked for, their shifts, and all that the views show of them.
import { label, variant as open } from "./data.js";
import { number } from "./elements.js";
import { GAUSSIAN, gaussianShifts } from "./gaussian.js";
import { groupsOf, MOST_GROUPS } from "./labels.js";
import { byMeanShift, filterWeights, groupCounts, shifts } from "./shifts.js";
import { tree } from "./tree.js";

const SEVERAL = "several";
const GREY = "#999999";

/** Groups and their shifts, as the state asks for. */
export async function compute(data, state) {
  const variant = await open(data, state.variant);
  const groups = groupsOf(data, state);
  const g = groups.labels.length;
  if (g > MOST_GROUPS) return { ...groups, error: `${number(g)} groups are more than the ${number(MOST_GROUPS)} that can be compared.` };
  if (!g) return { ...groups, error: "No layer is left: loosen the filters." };
  const weights = filterWeights(state.weighting, data.n, groups.code, data.columns.get("model").code, g);
  const counts = groupCounts(variant.counts, variant.bins, groups.code, g, weights);
  const found = GAUSSIAN.includes(data.choices.divergence)
    ? gaussianShifts(data.n, variant, groups.code, g, weights, data.choices.divergence)
    : shifts(counts, g, variant, data.choices);
  const sizes = sizesOf(data, groups);
  const computed = { ...groups, ...found, counts, variant, choices: data.choices, sizes, small: sizes.map(({ filters }) => filters < data.settled) };
  computed.marked = ofMarked(data, groups);
  computed.pointedOut = data.joint ? `groups of ${label(data, "data set", 0)}` : "your models";
  computed.believed = believed(data, state, groups);
  if (state.order === "tree" && g > 2) computed.leaves = leaves(found.d, g);
  computed.order = ordered(computed, state.order);
  return computed;
}

/** Which groups are made of marked models alone. */
function ofMarked(data, { labels, code }) {
  const model = data.columns.get("model");
  const names = new Set(data.marked);
  const own = model.labels.map((name) => names.has(name));
  const marked = labels.map(() => true);
  code.forEach((group, layer) => {
    if (group >= 0 && !own[model.code[layer]]) marked[group] = false;
  });
  return marked;
}

function sizesOf(data, { labels, code }) {
  const model = data.columns.get("model").code;
  const sizes = labels.map(() => ({ filters: 0, layers: 0, models: new Set() }));
  code.forEach((group, layer) => {
    if (group < 0) return;
    sizes[group].filters += data.n[layer];
    sizes[group].layers += 1;
    sizes[group].models.add(model[layer]);
  });
  return sizes.map((size) => ({ ...size, models: size.models.size }));
}

/** Intervals are those of the workflow: of configured groupings, unfiltered, with the configured weighting. */
function believed(data, state, { numbers }) {
  const table = state.grouping && numbers && state.weighting === data.choices.weighting && data.groupings.get(state.grouping).intervals[state.variant];
  if (!table) return null;
  return (a, b) => table.get([numbers[a], numbers[b]].sort((x, y) => x - y).join(" "));
}

function leaves(d, g) {
  const some = [...Array(g).keys()].filter((k) => !Number.isNaN(d[k * g + k]));
  const found = tree(Float64Array.from(some.flatMap((a) => some.map((b) => Math.sqrt(d[a * g + b])))), some.length);
  const rest = [...Array(g).keys()].filter((k) => Number.isNaN(d[k * g + k]));
  return { ...found, leaves: [...found.leaves.map((leaf) => some[leaf]), ...rest] };
}

function ordered({ labels, d, sizes, order, leaves: found }, asked) {
  const all = labels.map((_, k) => k);
  if (asked === "tree" && found) return found.leaves;
  if (asked === "size") return all.sort((a, b) => sizes[b].filters - sizes[a].filters);
  if (asked === "label") return all.sort((a, b) => labels[a].localeCompare(labels[b], "en", { numeric: true }));
  if (asked === "mean shift" || order === "shift") return byMeanShift(d, labels.length);
  return all;
}

/** The label that all layers of a group share in another column, as a colour for each group. */
export function coloursOf(data, { labels, code }, name) {
  const column = data.columns.get(name);
  if (!column) return null;
  const texts = labels.map(() => null);
  code.forEach((group, layer) => {
    if (group < 0) return;
    const text = column.labels[column.code[layer]];
    texts[group] = texts[group] === null || texts[group] === text ? text : SEVERAL;
  });
  return { texts, colors: texts.map((text) => (text === SEVERAL ? GREY : data.colors[column.labels.indexOf(text)] ?? GREY)) };
}
