// The shift D of groups, as the workflow computes it (docs/method.md, docs/choices.md).

const EPSILON = 2 ** -23; // density of an empty bin, as the authors have it
const PSEUDOCOUNT = 0.5;

/** How much each filter of a layer weighs in its group, where filters, layers or models count the same. */
export function filterWeights(weighting, n, code, model, groups) {
  const weights = new Float64Array(n.length).fill(1);
  if (weighting === "filter") return weights;
  const owner = (layer) => (weighting === "model" ? code[layer] + groups * model[layer] : layer);
  const owned = new Map();
  const size = new Float64Array(groups);
  const owners = new Float64Array(groups);
  for (let layer = 0; layer < n.length; layer++) {
    if (code[layer] < 0) continue;
    const key = owner(layer);
    if (!owned.get(key) && n[layer]) owners[code[layer]] += 1;
    owned.set(key, (owned.get(key) ?? 0) + n[layer]);
    size[code[layer]] += n[layer];
  }
  for (let layer = 0; layer < n.length; layer++) {
    if (code[layer] < 0) continue;
    weights[layer] = size[code[layer]] / Math.max(owners[code[layer]], 1) / Math.max(owned.get(owner(layer)), 1);
  }
  return weights;
}

/** Histograms (groups, 9, bins) from those of the layers; a layer of group -1 is left out. */
export function groupCounts(counts, bins, code, groups, weights) {
  const row = 9 * bins;
  const sums = new Float64Array(groups * row);
  for (let layer = 0; layer < code.length; layer++) {
    if (code[layer] < 0) continue;
    const from = layer * row;
    const to = code[layer] * row;
    const weight = weights[layer];
    for (let k = 0; k < row; k++) sums[to + k] += counts[from + k] * weight;
  }
  return sums;
}

/** Probabilities of histograms (…, bins) without zeros; NaN for a histogram without filters. */
export function probabilities(counts, bins, width, epsilon) {
  const p = new Float64Array(counts.length);
  for (let start = 0; start < counts.length; start += bins) {
    let n = 0;
    for (let k = start; k < start + bins; k++) n += counts[k];
    let total = 0;
    for (let k = start; k < start + bins; k++) {
      p[k] = n > 0 ? smoothed(counts[k], n, width, epsilon) : NaN;
      total += p[k];
    }
    for (let k = start; k < start + bins; k++) p[k] /= total;
  }
  return p;
}

function smoothed(count, n, width, epsilon) {
  if (epsilon === "pseudocount") return count + PSEUDOCOUNT;
  if (epsilon === "floor") return Math.max(count / n, EPSILON);
  return count === 0 ? EPSILON : count / (n * width);
}

/** What of the probabilities is compared: for wasserstein cumulated and times the width. */
function comparable(p, bins, width, divergence) {
  if (divergence !== "wasserstein") return p;
  const sums = p.slice();
  for (let k = 0; k < sums.length; k++) sums[k] = k % bins ? sums[k] + sums[k - 1] : sums[k];
  return sums.map((value) => value * width);
}

/** Sums over n bins from i of one group and j of another: x are probabilities times the weight of their component. */
const APART = {
  kl: (x, logs, i, j, n) => {
    let sum = 0;
    for (const end = i + n; i < end; i++, j++) sum += (x[i] - x[j]) * (logs[i] - logs[j]);
    return sum;
  },
  js: (x, logs, i, j, n) => {
    let sum = 0;
    for (const end = i + n; i < end; i++, j++) {
      const middle = Math.log((Math.exp(logs[i]) + Math.exp(logs[j])) / 2);
      sum += (x[i] * (logs[i] - middle) + x[j] * (logs[j] - middle)) / 2;
    }
    return sum;
  },
  wasserstein: (x, _, i, j, n) => {
    let sum = 0;
    for (const end = i + n; i < end; i++, j++) sum += Math.abs(x[i] - x[j]);
    return sum;
  },
  tv: (x, _, i, j, n) => APART.wasserstein(x, _, i, j, n) / 2,
};

/**
 * The shifts of all pairs of groups, (g, g), and a function for the nine parts of one, which add up to it.
 *
 * counts are (g, 9, bins), weights (9) what each component counts.
 */
export function shifts(counts, groups, { bins, width, weights }, { epsilon, divergence }) {
  const p = comparable(probabilities(counts, bins, width, epsilon), bins, width, divergence);
  const logs = p.map(Math.log);
  const x = p.map((value, k) => value * weights[Math.floor(k / bins) % 9]);
  const apart = APART[divergence];
  const row = 9 * bins;
  const parts = (a, b) =>
    Array.from({ length: 9 }, (_, component) => apart(x, logs, a * row + component * bins, b * row + component * bins, bins));
  const d = new Float64Array(groups * groups);
  for (let a = 0; a < groups; a++) {
    for (let b = a; b < groups; b++) d[a * groups + b] = d[b * groups + a] = Math.max(apart(x, logs, a * row, b * row, row), 0);
  }
  return { d, parts };
}

/** Groups by ascending mean shift, as the workflow orders them; those without filters last. */
export function byMeanShift(d, groups) {
  const mean = Array.from({ length: groups }, (_, b) => {
    if (Number.isNaN(d[b * groups + b])) return Infinity;
    let sum = 0;
    for (let a = 0; a < groups; a++) if (!Number.isNaN(d[a * groups + a])) sum += d[a * groups + b];
    return sum;
  });
  return mean.map((_, k) => k).sort((a, b) => (mean[a] === mean[b] ? a - b : mean[a] - mean[b]));
}
