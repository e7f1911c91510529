// The view of groups: matrix, map, pair and tables of what is asked for.
import { coloursOf, compute } from "./computed.js";
import { controls } from "./controls.js";
import { h, number, table } from "./elements.js";
import { override } from "./labels.js";
import { map, nearest } from "./maps.js";
import { matrix, MOST_DOTTED } from "./matrix.js";
import { showPair } from "./pair.js";
import { takeAway } from "./take_away.js";

const natural = new Intl.Collator("en", { numeric: true });

export function groupsView(data, state) {
  const onpair = (a, b) => state.set({ pair: [a, b] });
  const cells = matrix(onpair);
  const [summary, side, notes] = [h("p", { class: "summary", role: "status" }), h("section", { class: "side", "aria-label": "Pair" }), h("div")];
  let computed = null;
  const name = () => `${state.get().grouping ?? state.get().by.join(" and ")} ${state.get().variant}`;
  const plane = map(name, data.settled, (group) => onpair(computed.labels[group], computed.labels[nearestOf(computed, group)]));
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
      notes.replaceChildren(...key(colours), ...noise(computed), ...untrusted(data, computed));
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

function untrusted(data, { labels, small, sizes }) {
  const few = labels.map((_, k) => k).filter((k) => small[k]);
  if (!few.length) return [];
  const names = few.slice(0, 12).map((k) => `${labels[k]} (${number(sizes[k].filters)})`);
  const rest = few.length > names.length ? ` and ${few.length - names.length} more` : "";
  return [h("p", { class: "note" }, `° Fewer than ${number(data.settled)} filters, too few to trust: ${names.join(", ")}${rest}. They do not stretch the colours.`)];
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
