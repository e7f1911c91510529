// The D-matrix: pointer or arrow keys show a cell, a click or Enter opens the pair.
import { h, number } from "./elements.js";
import { draw, FIRE, short } from "./plots.js";

export const MOST_DOTTED = 60; // groups

/** The element, and a function that draws what `computed.js` computed. onpair gets the labels of a pair. */
export function matrix(onpair) {
  const plot = h("div", { class: "plot" });
  const cursor = h("div", { class: "cursor", hidden: "" });
  const hint = h("div", { class: "hint", role: "status" });
  const frame = h(
    "div",
    { class: "matrix", tabindex: 0, role: "application", "aria-roledescription": "D-matrix" },
    plot,
    cursor,
    hint
  );
  let shown = null;
  let at = [0, 0];
  const point = (row, column) => {
    const g = shown.order.length;
    at = [Math.min(Math.max(row, 0), g - 1), Math.min(Math.max(column, 0), g - 1)];
    const { xaxis, yaxis } = plot._fullLayout;
    const width = Math.abs(xaxis.d2p(1) - xaxis.d2p(0));
    cursor.hidden = hint.hidden = false;
    Object.assign(cursor.style, {
      left: `${xaxis._offset + xaxis.d2p(at[1]) - width / 2}px`,
      top: `${yaxis._offset + yaxis.d2p(at[0]) - width / 2}px`,
      width: `${width}px`,
      height: `${width}px`,
    });
    hint.replaceChildren(...described(shown, shown.order[at[0]], shown.order[at[1]]));
  };
  const open = () => onpair(shown.labels[shown.order[at[0]]], shown.labels[shown.order[at[1]]]);
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  frame.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") open();
    else if (event.key === "Escape") cursor.hidden = hint.hidden = true;
    else if (moves[event.key]) point(at[0] + moves[event.key][0], at[1] + moves[event.key][1]);
    else return;
    event.preventDefault();
  });
  const show = async (computed, colours) => {
    shown = computed;
    at = [0, 0];
    cursor.hidden = hint.hidden = true;
    frame.setAttribute("aria-label", `D-matrix of ${computed.labels.length} groups. Arrow keys move, Enter opens the pair.`);
    await draw(plot, traces(computed, colours), layout(computed, frame.clientWidth));
    if (!plot.dataset.heard) {
      plot.dataset.heard = "yes";
      plot.on("plotly_hover", ({ points: [{ x, y }] }) => Number.isInteger(x) && x >= 0 && point(y, x));
      plot.on("plotly_click", ({ points: [{ x, y }] }) => Number.isInteger(x) && x >= 0 && (point(y, x), open()));
    }
  };
  return { element: frame, plot, show };
}

function traces({ labels, order, d, small, believed, leaves }, colours) {
  const g = labels.length;
  const z = order.map((a) => order.map((b) => d[a * g + b]));
  const trusted = order.filter((a) => !small[a]);
  const among = (trusted.length > 1 ? trusted : order).flatMap((a, k, all) => all.slice(k + 1).map((b) => d[a * g + b]));
  const top = among.filter(Number.isFinite).reduce((a, b) => Math.max(a, b), 0) || 1;
  const found = [
    {
      type: "heatmap", z, zmin: 0, zmax: top, colorscale: FIRE, hoverinfo: "none", xgap: g < 40 ? 1 : 0, ygap: g < 40 ? 1 : 0,
      colorbar: { title: { text: "D" }, thickness: 12, len: 0.6, x: leaves ? 1.16 : 1.02 },
    },
  ];
  if (believed && g <= MOST_DOTTED) found.push(dots(order, believed));
  if (leaves) found.push(lines(leaves));
  if (colours) found.push(sidebar(order, colours));
  return found;
}

function dots(order, believed) {
  const cells = order.flatMap((a, y) => order.map((b, x) => ({ x, y, found: a !== b && believed(a, b) })));
  const noise = cells.filter(({ found }) => found && !found.above);
  return {
    type: "scatter", mode: "markers", x: noise.map(({ x }) => x), y: noise.map(({ y }) => y),
    marker: { size: 4, color: "#c8dcf0", line: { width: 0.5, color: "#203040" } }, hoverinfo: "skip", showlegend: false,
  };
}

function lines({ branches }) {
  const points = branches.flatMap((branch) => [...branch, [null, null]]);
  return {
    type: "scatter", mode: "lines", x: points.map(([, height]) => height), y: points.map(([leaf]) => leaf), xaxis: "x2",
    line: { width: 1, color: "#888" }, hoverinfo: "skip", showlegend: false,
  };
}

/** The label of each group in another column, as coloured squares at the left edge. */
function sidebar(order, { colors, texts }) {
  return {
    type: "scatter", mode: "markers", x: order.map(() => -1.1), y: order.map((_, k) => k), cliponaxis: false,
    marker: { symbol: "square", size: Math.max(3, Math.min(12, 500 / order.length)), color: order.map((a) => colors[a]) },
    text: order.map((a) => texts[a]), hovertemplate: "%{text}<extra></extra>", showlegend: false,
  };
}

const UPRIGHT = 75; // degrees of the labels below
const LETTER = 0.56; // of a font's size: the width of a letter, on average

function layout({ labels, order, small, leaves, sizes }, width) {
  const g = labels.length;
  const size = g > 30 ? 9 : 12;
  const all = order.map((k) => short(labels[k], g > 30 ? 20 : 28) + (small[k] ? ` ° ${sizes[k].filters}` : ""));
  // Plotly would measure each label some ten times to make room for it, which takes seconds.
  const longest = 20 + LETTER * size * Math.max(...all.map((text) => text.length));
  const beside = 70;
  const cells = Math.max(Math.min(width - longest - beside, 860), 160);
  const step = Math.ceil((g * 1.1 * size) / cells);
  const at = order.map((_, k) => k).filter((k) => k % step === 0);
  const axis = {
    tickvals: at, ticktext: at.map((k) => all[k]), tickfont: { size }, showgrid: false, zeroline: false, fixedrange: true, automargin: false,
    ticklabeloverflow: "allow",
  };
  return {
    height: cells + longest + 10,
    width: cells + longest + beside,
    margin: { l: longest, r: beside, t: 10, b: longest },
    xaxis: { ...axis, range: [-1.6, g - 0.5], tickangle: -UPRIGHT, domain: [0, leaves ? 0.86 : 1] },
    yaxis: { ...axis, range: [g - 0.5, -0.5], domain: leaves ? [0.14, 1] : [0, 1] },
    ...(leaves ? { xaxis2: { domain: [0.87, 1], showticklabels: false, showgrid: false, zeroline: false, fixedrange: true, automargin: false } } : {}),
  };
}

/** A cell in words: D, its nine parts, sizes, and how far to believe it. */
function described({ variant, labels, d, parts, sizes, small, believed }, a, b) {
  const g = labels.length;
  const size = (k) => `${number(sizes[k].filters)} filters, ${number(sizes[k].layers)} layers, ${number(sizes[k].models)} models`;
  const rows = [h("p", {}, h("strong", {}, labels[a]), " – ", h("strong", {}, labels[b]), ` D = ${number(d[a * g + b])}`)];
  if (a !== b) {
    const of = parts(a, b);
    const most = Math.max(...of) || 1;
    const bars = of.map((part, k) => h("i", { style: `height:${Math.round((22 * part) / most) + 1}px`, title: `${variant.axes?.[k] ?? `component ${k}`}: ${number(part)}` }));
    rows.push(h("p", { class: "bars" }, bars, h("span", {}, ` parts: ${of.map(number).join(" ")}`)));
    const found = believed?.(a, b);
    if (found) rows.push(h("p", {}, `${found.flag}: ${believedWords(found)}`));
  }
  rows.push(h("p", { class: "note" }, `${labels[a]}: ${size(a)}${a === b ? "" : `; ${labels[b]}: ${size(b)}`}`));
  if (small[a] || small[b]) rows.push(h("p", { class: "warn" }, "Too few filters to trust: such groups always look different."));
  return rows;
}

export function believedWords(found) {
  const names = { corrected: "corrected for noise", floor: "noise floor", null: "null" };
  const words = Object.entries(names).filter(([key]) => Number.isFinite(found[key])).map(([key, name]) => `${name} ${number(found[key])}`);
  const interval = Number.isFinite(found.low) ? `interval ${number(found.low)} to ${number(found.high)}` : "";
  return [interval, ...words].filter(Boolean).join(", ");
}
