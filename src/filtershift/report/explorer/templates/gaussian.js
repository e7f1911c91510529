// Fréchet and Bures distances of groups, as the workflow computes them (docs/choices.md): of means and covariances.
import { eigen, merged } from "./linear.js";

export const GAUSSIAN = ["frechet", "bures"];

const ROUNDING = 1e-14;

/**
 * D of all pairs of groups, (g, g), and a function for the nine parts of one, which add up to it.
 *
 * n, and mean (L, 9) and scatter (L, 45) of a variant, are of all layers; components (9, 9) are those of its global basis.
 */
export function gaussianShifts(n, { mean, scatter, components }, code, groups, weights, divergence) {
  const weighted = n.map((count, layer) => count * weights[layer]);
  const layers = Array.from({ length: groups }, () => []);
  code.forEach((group, layer) => group >= 0 && layers[group].push(layer));
  const known = layers.map((chosen) => alongBasis(merged(weighted, mean, scatter, chosen, weights), components));
  const d = new Float64Array(groups * groups);
  for (let a = 0; a < groups; a++) {
    for (let b = a; b < groups; b++) d[a * groups + b] = d[b * groups + a] = distance(known[a], known[b], divergence);
  }
  return { d, parts: (a, b) => parts(known[a], known[b], divergence) };
}

/** Mean and covariance of coefficients, and F with F Fᵀ the covariance. */
function alongBasis({ n, mean, sum }, components) {
  if (!(n > 0)) return null;
  const covariance = turned(sum.map((value) => value / n), components.flat());
  const { values, vectors } = eigen(covariance, 9);
  const factor = new Float64Array(81);
  for (let i = 0; i < 9; i++) for (let k = 0; k < 9; k++) factor[9 * i + k] = vectors[k][i] * Math.sqrt(values[k]);
  return { mean: components.map((row) => row.reduce((total, weight, p) => total + weight * mean[p], 0)), covariance, factor };
}

const trace = (matrix) => diagonal(matrix).reduce((x, y) => x + y, 0);

const diagonal = (matrix) => Array.from({ length: 9 }, (_, i) => matrix[10 * i]);

function distance(a, b, divergence) {
  if (!a || !b) return NaN;
  if (a === b) return 0;
  const { values } = eigen(turned(b.covariance, transposed(a.factor)), 9);
  const together = values.reduce((sum, value) => sum + Math.sqrt(value), 0);
  return Math.max(trace(a.covariance) + trace(b.covariance) - 2 * together + means(a, b, divergence).reduce((x, y) => x + y, 0), 0);
}

/** Of FᵀS₂F = W v Wᵀ the covariance of coefficients before and after is F W v^-½ Wᵀ Fᵀ S₂. */
function parts(a, b, divergence) {
  if (!a || !b || a === b) return Array(9).fill(a && b ? 0 : NaN);
  const { values, vectors } = eigen(turned(b.covariance, transposed(a.factor)), 9);
  const inverse = values.map((value) => (value > ROUNDING * values[0] ? 1 / Math.sqrt(value) : 0));
  const middle = new Float64Array(81);
  for (let i = 0; i < 9; i++) for (let j = 0; j < 9; j++) middle[9 * i + j] = inverse.reduce((sum, value, k) => sum + value * vectors[k][i] * vectors[k][j], 0);
  const together = diagonal(product(turned(middle, a.factor), b.covariance));
  return means(a, b, divergence).map((apart, i) => Math.max(apart + a.covariance[10 * i] + b.covariance[10 * i] - 2 * together[i], 0));
}

const means = (a, b, divergence) => a.mean.map((value, i) => (divergence === "frechet" ? (value - b.mean[i]) ** 2 : 0));

/** A M Aᵀ of matrices (9, 9). */
const turned = (matrix, axes) => product(product(axes, matrix), transposed(axes));

const transposed = (matrix) => Float64Array.from(matrix, (_, k) => matrix[9 * (k % 9) + Math.floor(k / 9)]);

function product(x, y) {
  const out = new Float64Array(81);
  for (let i = 0; i < 9; i++) for (let k = 0; k < 9; k++) for (let j = 0; j < 9; j++) out[9 * i + j] += x[9 * i + k] * y[9 * k + j];
  return out;
}
