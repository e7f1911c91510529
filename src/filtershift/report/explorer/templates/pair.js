// Two groups beside each other: distributions, bases, sizes, quality.
import { h, number, table } from "./elements.js";
import { filterImage, kindOf, words } from "./filter_images.js";
import { pca } from "./linear.js";
import { believedWords } from "./matrix.js";
import { draw, plain } from "./plots.js";
import { probabilities } from "./shifts.js";
import { takeAway } from "./take_away.js";

const COLORS = ["#0072b2", "#d55e00"];
const SHOWN = ["sparsity", "variance_entropy", "orthogonality", "mean_range", "conv_depth_norm"];
const RARE = 1e-4;

/** Show the pair (a, b) of what `computed.js` computed, or one group if they are the same. */
export async function showPair(element, data, computed, a, b) {
  const { labels, d, parts, variant, sizes, believed } = computed;
  const groups = a === b ? [a] : [a, b];
  const curves = groups.map((group) => distribution(computed, group));
  const bases = groups.map((group) => pca(data.n, variant.mean, variant.scatter, layersOf(computed, group)));
  const densities = h("div", { class: "plot tall" });
  const cumulative = h("div", { class: "plot" });
  const names = groups.map((group) => labels[group]);
  const file = () => `${names.join(" - ").replace(/[^\w -]/g, "_")}`;
  const found = believed?.(a, b);
  element.replaceChildren(
    h("h3", { tabindex: -1 }, ...names.flatMap((name, side) => [side ? " and " : "", colored(name, side)])),
    a === b ? "" : h("p", {}, `D = ${number(d[a * labels.length + b])}. `, found ? `${found.flag}: ${believedWords(found)}.` : ""),
    table("Sizes and medians of layers", [["", false], ...names.map((name) => [name, true])], compared(data, computed, groups)),
    h("h4", {}, "Distributions of the nine coefficients"),
    h("p", { class: "note" }, "Each panel is a component of the basis of all filters; in brackets its part of D. Tails below 1 in 10,000 are cut."),
    densities,
    takeAway(() => `${file()} distributions`, { csv: () => rows(computed, names, curves), plot: () => densities }),
    h("h4", {}, "Eigenfilters of each group"),
    ...names.map((name, side) => eigenfilters(name, side, bases[side], data.patterns)),
    h("h4", {}, "Cumulative share of variance"),
    cumulative,
    takeAway(() => `${file()} variance`, { csv: () => shares(names, bases), plot: () => cumulative })
  );
  await draw(densities, ...densityPlot(computed, names, curves, a === b ? Array(9).fill(0) : parts(a, b)));
  await draw(cumulative, ...sharePlot(names, bases));
}

const colored = (name, side) => h("span", { class: "group", style: `border-color:${COLORS[side]}` }, name);

const layersOf = ({ code }, group) => [...code.keys()].filter((layer) => code[layer] === group);

function distribution({ counts, variant, choices }, group) {
  const row = 9 * variant.bins;
  return probabilities(counts.slice(group * row, (group + 1) * row), variant.bins, variant.width, choices.epsilon);
}

function compared(data, computed, groups) {
  const median = (name, group) => {
    const values = layersOf(computed, group).map((layer) => data.measures.get(name)[layer]).filter(Number.isFinite);
    return values.sort((x, y) => x - y)[Math.floor(values.length / 2)] ?? NaN;
  };
  const sizes = ["filters", "layers", "models"].map((key) => ({ cells: [key, ...groups.map((g) => computed.sizes[g][key])] }));
  const measures = SHOWN.filter((name) => data.measures.has(name));
  return [...sizes, ...measures.map((name) => ({ cells: [name, ...groups.map((g) => median(name, g))] }))];
}

const centre = ({ low, width }, k) => low + (k + 0.5) * width;

function densityPlot({ variant }, names, curves, parts) {
  const { bins } = variant;
  const traces = [];
  const layout = { grid: { rows: 3, columns: 3, pattern: "independent" }, height: 580, margin: { l: 40, r: 10, t: 26, b: 30 }, showlegend: false, annotations: [] };
  for (let component = 0; component < 9; component++) {
    const suffix = component ? component + 1 : "";
    let [first, last] = [bins, 0];
    curves.forEach((p, side) => {
      const y = p.slice(component * bins, (component + 1) * bins);
      y.forEach((value, k) => value > RARE && ([first, last] = [Math.min(first, k), Math.max(last, k)]));
      traces.push({
        type: "scatter", mode: "lines", x: Array.from(y, (_, k) => centre(variant, k)), y, xaxis: `x${suffix}`, yaxis: `y${suffix}`,
        line: { color: COLORS[side], width: 1.5, shape: "hvh" }, name: plain(names[side]), hovertemplate: `${plain(names[side])}: %{y:.3f}<extra></extra>`,
      });
    });
    layout[`xaxis${suffix}`] = { range: [centre(variant, first) - variant.width, centre(variant, last) + variant.width], tickfont: { size: 10 } };
    layout[`yaxis${suffix}`] = { rangemode: "tozero", tickfont: { size: 10 } };
    layout.annotations.push({
      text: `${variant.axes?.[component] ?? `c${component}`} (${number(parts[component])})`, showarrow: false, x: 0.5, y: 1.02, xref: `x${suffix} domain`, yref: `y${suffix} domain`,
      xanchor: "center", yanchor: "bottom",
    });
  }
  return [traces, layout];
}

function rows({ variant }, names, curves) {
  const heads = ["component", "low", "high", ...names];
  const line = (component, k) => {
    const low = variant.low + k * variant.width;
    return [variant.axes?.[component] ?? component, low, low + variant.width, ...curves.map((p) => p[component * variant.bins + k])];
  };
  return [heads, ...Array.from({ length: 9 * variant.bins }, (_, i) => line(Math.floor(i / variant.bins), i % variant.bins))];
}

function eigenfilters(name, side, { components, ratio }, patterns) {
  const one = (weights, k) =>
    h("figure", {}, filterImage(weights, `component ${k} of ${name}: ${words(weights)}`), h("figcaption", {}, `${number(100 * ratio[k])} %`, h("br"), kindOf(weights, patterns)));
  return h("div", { class: "filters" }, colored(name, side), components.map(one));
}

const cumulated = (ratio) => ratio.map((_, k) => ratio.slice(0, k + 1).reduce((x, y) => x + y, 0));

function shares(names, bases) {
  const heads = ["group", "component", "explained_variance_ratio", "cumulative_ratio", ...Array.from({ length: 9 }, (_, k) => `w${k}`)];
  const of = (name, { ratio, components }) => ratio.map((r, k) => [name, k, r, cumulated(ratio)[k], ...components[k]]);
  return [heads, ...names.flatMap((name, side) => of(name, bases[side]))];
}

function sharePlot(names, bases) {
  const traces = bases.map(({ ratio }, side) => ({
    type: "scatter", mode: "lines+markers", x: ratio.map((_, k) => k), y: cumulated(ratio), name: plain(names[side]), line: { color: COLORS[side] },
    hovertemplate: `${plain(names[side])}: %{y:.3f}<extra></extra>`,
  }));
  return [traces, { height: 260, showlegend: false, xaxis: { title: { text: "component" }, dtick: 1 }, yaxis: { range: [0, 1.02] } }];
}
