// The groups as points of a plane, distances being √D, and the nearest of each.
import { h, number, table } from "./elements.js";
import { plane } from "./linear.js";
import { draw, plain, short } from "./plots.js";

const MOST = 600;
const LABELLED = 40;

export async function showMap(element, { labels, d, sizes, small }, colours, onpick) {
  const g = labels.length;
  const some = labels.map((_, k) => k).filter((k) => !Number.isNaN(d[k * g + k]) && !small[k]);
  if (some.length < 3 || some.length > MOST) {
    element.replaceChildren(h("p", { class: "note" }, `A map needs 3 to ${MOST} groups of 1,000 filters or more.`));
    return;
  }
  const distance = Float64Array.from(some.flatMap((a) => some.map((b) => Math.sqrt(d[a * g + b]))));
  const { x, y } = plane(distance, some.length);
  const most = Math.max(...some.map((k) => sizes[k].filters));
  const trace = {
    type: "scatter", mode: some.length <= LABELLED ? "markers+text" : "markers", x: Array.from(x), y: Array.from(y),
    text: some.map((k) => short(labels[k], 22)), textposition: "top center", cliponaxis: false, textfont: { size: 10 },
    hovertext: some.map((k) => plain(`${labels[k]}${colours ? ` (${colours.texts[k]})` : ""}`)), hoverinfo: "text",
    marker: { size: some.map((k) => 6 + 14 * Math.sqrt(sizes[k].filters / most)), color: some.map((k) => colours?.colors[k] ?? "#0072b2"), opacity: 0.85 },
  };
  const axis = { showticklabels: false, zeroline: false };
  if (!element.classList.contains("js-plotly-plot")) element.replaceChildren();
  await draw(element, [trace], { height: 520, dragmode: "pan", margin: { l: 60, r: 60, t: 30, b: 10 }, xaxis: axis, yaxis: { ...axis, scaleanchor: "x" } });
  element.removeAllListeners?.("plotly_click");
  element.on("plotly_click", ({ points: [{ pointIndex }] }) => onpick(some[pointIndex]));
}

/** The nearest groups of one, nearest first. */
export function nearest({ labels, d, sizes, small, believed }, group, onpair) {
  const g = labels.length;
  const others = labels.map((_, k) => k).filter((k) => k !== group && !Number.isNaN(d[group * g + k]));
  others.sort((a, b) => d[group * g + a] - d[group * g + b]);
  const rows = others.map((k) => {
    const found = believed?.(group, k);
    const size = `${number(sizes[k].filters)}${small[k] ? " °" : ""}`;
    return { key: labels[k], cells: [labels[k], d[group * g + k], ...(believed ? [found?.flag ?? "", found?.low ?? NaN, found?.high ?? NaN] : []), size, sizes[k].models] };
  });
  const columns = [["group", false], ["D", true], ...(believed ? [["above noise?", false], ["from", true], ["to", true]] : []), ["filters", true], ["models", true]];
  return table(`Nearest to ${labels[group]}`, columns, rows, { onrow: (label) => onpair(labels[group], label) });
}
