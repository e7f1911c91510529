// The content of the page as arrays.
import { unpack, unpackCounts } from "./blocks.js";

/** Everything but histograms and moments, which are unpacked when a variant is first asked for. */
export async function load(content) {
  const columns = new Map();
  for (const column of content.columns) {
    columns.set(column.name, { ...column, code: await unpack(column.code, Int32Array) });
  }
  const measures = new Map();
  for (const [name, values] of Object.entries(content.measures)) measures.set(name, await unpack(values, Float32Array));
  const groupings = new Map();
  for (const grouping of content.groupings) {
    const intervals = {};
    for (const [variant, table] of Object.entries(grouping.intervals)) intervals[variant] = await believed(table);
    groupings.set(grouping.name, { ...grouping, code: await unpack(grouping.code, Int32Array), intervals });
  }
  const { examples } = content;
  return {
    ...content,
    layer: await unpack(content.layer, Int32Array),
    n: await unpack(content.n, Float64Array),
    columns,
    measures,
    groupings,
    examples: examples && {
      ...examples,
      row: await unpack(examples.row, Float64Array),
      weights: await unpack(examples.weights, Float32Array),
    },
  };
}

/** How far to believe the shift of each pair of groups: a Map from "a b", a < b, to its numbers and flag. */
async function believed(table) {
  const pairs = await unpack(table.pairs, Int32Array);
  const flag = await unpack(table.flag, Int8Array);
  const numbers = [];
  for (const [name, values] of Object.entries(table.numbers)) numbers.push([name, await unpack(values, Float32Array)]);
  const half = pairs.length / 2;
  const found = new Map();
  for (let k = 0; k < half; k++) {
    const [a, b] = [pairs[k], pairs[half + k]].sort((x, y) => x - y);
    const text = table.flags[flag[k]] ?? "";
    found.set(`${a} ${b}`, {
      flag: text,
      above: text.startsWith("above"),
      ...Object.fromEntries(numbers.map(([name, values]) => [name, values[k]])),
    });
  }
  return found;
}

const opened = new Map();

/** Histograms and moments of a variant. */
export function variant(data, name) {
  if (!opened.has(name)) opened.set(name, open(data.variants[name], data.count));
  return opened.get(name);
}

async function open(packed, count) {
  const length = count * 9 * packed.bins;
  return {
    ...packed,
    counts: await (packed.whole ? unpackCounts(packed.counts, length) : unpack(packed.counts, Float32Array)),
    mean: await unpack(packed.mean, Float64Array),
    scatter: await unpack(packed.scatter, Float64Array),
  };
}

/** The label of a layer in a column; "" if there is no such column. */
export function label(data, name, layer) {
  const column = data.columns.get(name);
  return column ? column.labels[column.code[layer]] : "";
}

/** What a layer is called: its name where the file knows it, else its number. */
export function layerName(data, layer) {
  const name = label(data, "layer_name", layer);
  return name && name !== "unknown" ? name : `layer ${data.layer[layer]}`;
}
