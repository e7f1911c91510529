// The view of groups: what is asked for is computed here and handed to matrix, map, pair and tables.
import { controls } from "./controls.js";
import { variant as open } from "./data.js";
import { h, number, table } from "./elements.js";
import { groupsOf, override } from "./labels.js";
import { map, nearest } from "./maps.js";
import { matrix, MOST_DOTTED } from "./matrix.js";
import { showPair } from "./pair.js";
import { byMeanShift, filterWeights, groupCounts, shifts } from "./shifts.js";
import { takeAway } from "./take_away.js";
import { tree } from "./tree.js";

const MOST = 1000;
const SETTLED = 1000; // filters from which a group's shifts are trusted
const SEVERAL = "several";
const GREY = "#999999";
const natural = new Intl.Collator("en", { numeric: true });

/** Groups and their shifts, as the state asks for. */
export async function compute(data, state) {
  const variant = await open(data, state.variant);
  const groups = groupsOf(data, state);
  const g = groups.labels.length;
  if (g > MOST) return { ...groups, error: `${number(g)} groups are more than the ${number(MOST)} that can be compared.` };
  if (!g) return { ...groups, error: "No layer is left: loosen the filters." };
  const weights = filterWeights(state.weighting, data.n, groups.code, data.columns.get("model").code, g);
  const counts = groupCounts(variant.counts, variant.bins, groups.code, g, weights);
  const found = shifts(counts, g, variant, data.choices);
  const sizes = sizesOf(data, groups);
  const computed = { ...groups, ...found, counts, variant, choices: data.choices, sizes, small: sizes.map(({ filters }) => filters < SETTLED) };
  computed.marked = groups.labels.map((label) => data.marked.includes(label));
  computed.believed = believed(data, state, groups);
  if (state.order === "tree" && g > 2) computed.leaves = leaves(found.d, g);
  computed.order = ordered(computed, state.order);
  return computed;
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
function coloursOf(data, { labels, code }, name) {
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

export function groupsView(data, state) {
  const onpair = (a, b) => state.set({ pair: [a, b] });
  const cells = matrix(onpair);
  const [summary, side, notes] = [h("p", { class: "summary", role: "status" }), h("section", { class: "side", "aria-label": "Pair" }), h("div")];
  let computed = null;
  const name = () => `${state.get().grouping ?? state.get().by.join(" and ")} ${state.get().variant}`;
  const plane = map(name, (group) => onpair(computed.labels[group], computed.labels[nearestOf(computed, group)]));
  const csv = () => {
    const { labels, order, d } = computed;
    return [["", ...order.map((k) => labels[k])], ...order.map((a) => [labels[a], ...order.map((b) => d[a * labels.length + b])])];
  };
  const take = takeAway(() => `D ${name()}`, { csv, plot: () => cells.plot });
  const found = h("div", {}, cells.element, h("p", {}, take), notes, plane.element);
  const element = h(
    "div",
    { class: "view groups" },
    controls(data, state),
    h(
      "div",
      { class: "middle" },
      summary,
      found
    ),
    side
  );
  const back = () => {
    state.set({ pair: null });
    cells.element.focus();
  };
  side.addEventListener("keydown", ({ key }) => key === "Escape" && state.get().pair && back());
  const showSide = async () => {
    const [a, b] = (state.get().pair ?? []).map((label) => computed.labels.indexOf(label));
    if (computed.error || a === undefined || a < 0 || b < 0) {
      side.replaceChildren(...overall(computed, onpair));
      return;
    }
    const pair = h("div");
    side.replaceChildren(h("button", { type: "button", class: "link", onclick: back }, "← all pairs"), pair);
    await showPair(pair, data, computed, a, b);
    pair.querySelector("h3").focus({ preventScroll: true });
    if (a === b) pair.before(nearest(computed, a, onpair));
    else side.append(...[a, b].map((group) => nearest(computed, group, onpair)));
  };
  const show = async (now, changed) => {
    if (computed && changed && changed.every((key) => key === "pair")) return showSide();
    const start = performance.now();
    computed = await compute(data, now);
    found.hidden = Boolean(computed.error);
    if (computed.error) summary.replaceChildren(computed.error);
    else {
      const colours = coloursOf(data, computed, now.colour);
      await cells.show(computed, colours);
      performance.measure("click to matrix", { start, end: performance.now() });
      summary.replaceChildren(...told(data, now, computed));
      notes.replaceChildren(...key(colours), ...noise(computed), ...untrusted(computed));
      setTimeout(() => plane.show(computed, colours));
    }
    await showSide();
  };
  return { element, show };
}

function nearestOf({ labels, d }, group) {
  const g = labels.length;
  return labels.map((_, k) => k).reduce((best, k) => (k !== group && (best < 0 || d[group * g + k] < d[group * g + best]) ? k : best), -1);
}

function told(data, now, { labels, code }) {
  const layers = code.reduce((sum, group) => sum + (group >= 0), 0);
  const { text, reason } = override(data, now);
  const made = text ? [h("code", {}, text), h("button", { type: "button", class: "link", onclick: () => navigator.clipboard?.writeText(text) }, "copy")] : [reason];
  return [`${number(labels.length)} groups of ${number(layers)} layers. In the workflow: `, ...made];
}

/** What the colours of labels mean. */
function key(colours) {
  if (!colours) return [];
  const meant = new Map(colours.texts.map((text, k) => [text, colours.colors[k]]));
  const one = ([text, color]) => h("span", { class: "group", style: `border-color:${color}` }, text);
  return [h("p", { class: "key" }, [...meant].sort(([a], [b]) => natural.compare(a, b)).map(one))];
}

/** What a dot means. */
function noise({ labels, believed: found }) {
  return found && labels.length <= MOST_DOTTED ? [h("p", { class: "note" }, "A dot: this shift is not above noise.")] : [];
}

function untrusted({ labels, small, sizes }) {
  const few = labels.map((_, k) => k).filter((k) => small[k]);
  if (!few.length) return [];
  const names = few.slice(0, 12).map((k) => `${labels[k]} (${number(sizes[k].filters)})`);
  const rest = few.length > names.length ? ` and ${few.length - names.length} more` : "";
  return [h("p", { class: "note" }, `° Fewer than ${number(SETTLED)} filters, too few to trust: ${names.join(", ")}${rest}. They do not stretch the colours.`)];
}

/** The pairs, those above noise first; groups too small to trust are left to the end. */
function overall(computed, onpair) {
  if (computed.error) return [];
  const { labels, d, small, believed: found } = computed;
  const g = labels.length;
  const pairs = [];
  for (let a = 0; a < g; a++) for (let b = a + 1; b < g; b++) if (!Number.isNaN(d[a * g + b])) pairs.push([a, b, found?.(a, b)]);
  const rank = ([a, b, is]) => 2 * (small[a] || small[b]) + Boolean(is && !is.above);
  pairs.sort((x, y) => rank(x) - rank(y) || d[y[0] * g + y[1]] - d[x[0] * g + x[1]]);
  const rows = pairs.map(([a, b, is]) => ({
    key: [labels[a], labels[b]],
    mark: is?.above,
    cells: [`${labels[a]} – ${labels[b]}${small[a] || small[b] ? " °" : ""}`, d[a * g + b], ...(found ? [is?.flag ?? "", is?.low ?? NaN, is?.high ?? NaN] : [])],
  }));
  const columns = [["pair", false], ["D", true], ...(found ? [["above noise?", false], ["from", true], ["to", true]] : [])];
  const words = found
    ? `${number(pairs.filter(([, , is]) => is?.above).length)} of ${number(pairs.length)} pairs are above noise. Click one.`
    : "Click a cell or a pair. Intervals and noise are known for configured groupings without filters.";
  return [h("h2", {}, "Pairs"), h("p", { class: "note" }, words), table("Pairs of groups", columns, rows, { onrow: ([a, b]) => onpair(a, b) })];
}
