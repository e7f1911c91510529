// From what is asked for to the group of each layer, as filtershift.analysis.groups.assign has it.

export const MOST_GROUPS = 1000; // that are compared
const ALONE = /(?<![^ ])(\/+)(?![^ ])/g;
const natural = new Intl.Collator("en", { numeric: true });

/** Which layers are kept by labels and ranges: where is {column: [labels]}, ranges {measure: [low, high]}. */
export function kept(data, { where = {}, ranges = {} }) {
  const keep = new Uint8Array(data.count).fill(1);
  for (const [name, labels] of Object.entries(where)) {
    const column = data.columns.get(name);
    const wanted = column.labels.map((label) => labels.includes(label));
    for (let k = 0; k < keep.length; k++) if (!wanted[column.code[k]]) keep[k] = 0;
  }
  for (const [name, [low, high]] of Object.entries(ranges)) {
    const values = data.measures.get(name);
    for (let k = 0; k < keep.length; k++) if (!(values[k] >= low && values[k] <= high)) keep[k] = 0;
  }
  return keep;
}

/**
 * The groups that are asked for, without layers that are not kept: {labels, code, order}.
 *
 * asked.grouping names a configured grouping; asked.selection are layers against the rest; asked.parts cuts a numeric
 * column asked.by[0] into so many equal parts; else asked.by are one or two columns.
 */
export function groupsOf(data, asked) {
  const keep = kept(data, asked);
  const { labels, code, order } = all(data, asked);
  const masked = code.map((group, k) => (keep[k] ? group : -1));
  const used = labels.map(() => false);
  for (const group of masked) if (group >= 0) used[group] = true;
  const left = labels.map((_, group) => group).filter((group) => used[group]);
  const number = new Map(left.map((group, k) => [group, k]));
  return {
    labels: left.map((group) => labels[group]),
    code: masked.map((group) => number.get(group) ?? -1),
    order,
    // Numbers in the configured grouping, by which intervals are found; they hold only if no layer was left out.
    numbers: asked.grouping && keep.every(Boolean) ? left : null,
  };
}

function all(data, asked) {
  if (asked.selection?.length) {
    const chosen = new Set(asked.selection);
    const code = Int32Array.from({ length: data.count }, (_, k) => (chosen.has(k) ? 0 : 1));
    return { labels: ["selection", "the rest"], code, order: "natural" };
  }
  if (asked.grouping) return data.groupings.get(asked.grouping);
  if (asked.parts) return cut(data, asked.by[0], asked.parts);
  const columns = asked.by.map((name) => data.columns.get(name));
  const texts = columns.map(({ labels }) =>
    columns.length > 1 ? labels.map((label) => label.replace(ALONE, "$1/")) : labels
  );
  const joined = Array.from({ length: data.count }, (_, k) => columns.map(({ code }, c) => texts[c][code[k]]).join(" / "));
  const labels = [...new Set(joined)].sort(natural.compare);
  const number = new Map(labels.map((label, k) => [label, k]));
  return { labels, code: Int32Array.from(joined, (label) => number.get(label)), order: "shift" };
}

/** The column whose labels are the groups of a configured grouping, of every layer; undefined if there is none. */
export function columnOf(data, grouping) {
  const { labels, code } = data.groupings.get(grouping);
  const same = (column) => code.every((group, layer) => group >= 0 && labels[group] === column.labels[column.code[layer]]);
  return [...data.columns.values()].find(same)?.name;
}

/** The edges of so many equal parts of a measure's range. */
export function edges(data, name, parts) {
  const values = data.measures.get(name).filter(Number.isFinite);
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return Array.from({ length: parts + 1 }, (_, k) => Number((low + ((high - low) * k) / parts).toPrecision(6)));
}

function cut(data, name, parts) {
  const values = data.measures.get(name);
  const ends = edges(data, name, parts);
  const short = (edge) => String(edge).replace(/^(-?)0\./, "$1.");
  const labels = ends.slice(1).map((high, k) => `${k ? "(" : "["}${short(ends[k])}, ${short(high)}]`);
  const code = Int32Array.from(values, (value) => {
    if (!Number.isFinite(value)) return -1;
    const at = ends.findIndex((edge) => value <= edge + 1e-7 * Math.abs(edge));
    return Math.max(at < 0 ? parts - 1 : at - 1, 0);
  });
  return { labels, code, order: "natural" };
}

/** The override that makes the same grouping in the workflow, or why there is none. */
export function override(data, asked) {
  if (data.joint) return { reason: "these are layers of two runs, which it compares (compare) but does not group." };
  if (asked.selection?.length) return { reason: "A selection of layers is no label; the workflow groups by labels." };
  if (Object.keys(asked.ranges ?? {}).length) return { reason: "The workflow filters by labels, not by ranges." };
  const where = Object.entries(asked.where ?? {});
  if (asked.grouping && !where.length) return { text: `grouping=[${asked.grouping}]` };
  if (asked.grouping) return { reason: "Copy the grouping's file and add the filter under where." };
  const columns = [...asked.by, ...where.map(([name]) => name)];
  const foreign = columns.find((name) => data.columns.has(name) && !data.columns.get(name).own);
  if (foreign) return { reason: `${foreign} is no column of layers.csv, so the workflow cannot group by it.` };
  const quoted = (text) => `"${String(text).replace(/[\\"]/g, "\\$&")}"`;
  const list = (values) => `[${values.map(quoted).join(",")}]`;
  const keys = [`by:${list(asked.by)}`];
  if (asked.parts) keys.push(`bins:[${edges(data, asked.by[0], asked.parts).join(",")}]`);
  if (where.length) keys.push(`where:{${where.map(([name, labels]) => `${name}:${list(labels)}`).join(",")}}`);
  return { text: `+grouping.mine={${keys.join(",")}}` };
}
