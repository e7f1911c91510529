// The groups as points of a plane, distances being √D, and the nearest of each.
import { h, number, table } from "./elements.js";
import { plane } from "./linear.js";
import { draw, plain, short } from "./plots.js";
import { takeAway } from "./take_away.js";

const MOST = 600;
const LABELLED = 40;

/** The element, and a function that draws what `computed.js` computed. name() is that of its files; onpick gets a group. */
export function map(name, settled, onpick) {
  const note = h("p", { class: "note" });
  const plot = h("div", { class: "plot" });
  const drawn = h("div", {}, plot, takeAway(() => `map ${name()}`, { plot: () => plot }));
  const show = async (computed, colours) => {
    const { labels, d, small, marked, pointedOut } = computed;
    const g = labels.length;
    const some = labels.map((_, k) => k).filter((k) => !Number.isNaN(d[k * g + k]) && !small[k]);
    drawn.hidden = some.length < 3 || some.length > MOST;
    note.textContent = drawn.hidden
      ? `A map needs 3 to ${MOST} groups of ${number(settled)} filters or more.`
      : `Near points are alike: distances are √D, as near as a plane allows.${some.some((k) => marked[k]) ? ` A ring: ${pointedOut}.` : ""}`;
    if (drawn.hidden) return;
    await draw(plot, ...points(computed, some, colours));
    plot.removeAllListeners("plotly_click");
    plot.on("plotly_click", ({ points: [{ pointIndex }] }) => onpick(some[pointIndex]));
  };
  return { element: h("section", { "aria-label": "Map" }, h("h2", {}, "Map"), note, drawn), show };
}

function points({ labels, d, sizes, marked }, some, colours) {
  const g = labels.length;
  const distance = Float64Array.from(some.flatMap((a) => some.map((b) => Math.sqrt(d[a * g + b]))));
  const { x, y } = plane(distance, some.length);
  const most = Math.max(...some.map((k) => sizes[k].filters));
  const few = some.filter((k) => marked[k]).length <= LABELLED;
  const trace = {
    type: "scatter", mode: "markers+text", x: Array.from(x), y: Array.from(y),
    text: some.map((k) => ((marked[k] && few) || some.length <= LABELLED ? short(labels[k], 22) : "")), textposition: "top center", cliponaxis: false, textfont: { size: 10 },
    hovertext: some.map((k) => plain(`${labels[k]}${colours ? ` (${colours.texts[k]})` : ""}`)), hoverinfo: "text",
    marker: {
      size: some.map((k) => 6 + 14 * Math.sqrt(sizes[k].filters / most)), opacity: 0.85,
      color: some.map((k) => colours?.colors[k] ?? "#0072b2"), line: { color: "#d55e00", width: some.map((k) => (marked[k] ? 4 : 0)) },
    },
  };
  const axis = { showticklabels: false, zeroline: false };
  return [[trace], { height: 520, dragmode: "pan", margin: { l: 60, r: 60, t: 30, b: 10 }, xaxis: axis, yaxis: { ...axis, scaleanchor: "x" } }];
}

/** The nearest groups of one, nearest first. */
export function nearest({ labels, d, sizes, small, marked, believed }, group, onpair) {
  const g = labels.length;
  const others = labels.map((_, k) => k).filter((k) => k !== group && !Number.isNaN(d[group * g + k]));
  others.sort((a, b) => d[group * g + a] - d[group * g + b]);
  const rows = others.map((k) => {
    const found = believed?.(group, k);
    const size = `${number(sizes[k].filters)}${small[k] ? " °" : ""}`;
    return { key: labels[k], mark: marked[k], cells: [labels[k], d[group * g + k], ...(believed ? [found?.flag ?? "", found?.low ?? NaN, found?.high ?? NaN] : []), size, sizes[k].models] };
  });
  const columns = [["group", false], ["D", true], ...(believed ? [["above noise?", false], ["from", true], ["to", true]] : []), ["filters", true], ["models", true]];
  return table(`Nearest to ${labels[group]}`, columns, rows, { onrow: (label) => onpair(labels[group], label) });
}
