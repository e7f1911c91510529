// Symmetric matrices as arrays, row after row.

/** Eigenvalues, falling, and eigenvectors as rows, of a symmetric matrix (n, n): Jacobi's rotations. */
export function eigen(matrix, n) {
  const a = Float64Array.from(matrix);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += a[p * n + q] ** 2;
    if (off < 1e-300) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j] - a[i * n + i]);
  return {
    values: order.map((i) => Math.max(a[i * n + i], 0)),
    vectors: order.map((i) => Array.from({ length: n }, (_, k) => vectors[k * n + i])),
  };
}

function rotate(a, vectors, n, p, q) {
  if (a[p * n + q] === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  const turn = (m, i, j) => {
    const x = m[i];
    const y = m[j];
    m[i] = c * x - s * y;
    m[j] = s * x + c * y;
  };
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k);
  for (let k = 0; k < n; k++) turn(vectors, k * n + p, k * n + q);
}

/**
 * The count, mean (9) and scatter matrix (9, 9) of the filters of some layers, from the layers' moments.
 *
 * n, mean (L, 9) and scatter (L, 45), the upper triangle, are of all layers; chosen are the numbers of those to merge.
 * If filters of layers have weights (L), these are in n. Counts, means and scatter matrices of disjoint sets add up
 * (Chan, Golub & LeVeque, 1983).
 */
export function merged(n, mean, scatter, chosen, weights = null) {
  let total = 0;
  const middle = new Float64Array(9);
  for (const layer of chosen) {
    total += n[layer];
    for (let p = 0; p < 9; p++) if (n[layer]) middle[p] += n[layer] * mean[9 * layer + p];
  }
  for (let p = 0; p < 9; p++) middle[p] /= total;
  const sum = new Float64Array(81);
  for (const layer of chosen) {
    if (!n[layer]) continue;
    const weight = weights ? weights[layer] : 1;
    for (let p = 0, k = 45 * layer; p < 9; p++) {
      const dp = mean[9 * layer + p] - middle[p];
      for (let q = p; q < 9; q++, k++) {
        sum[9 * p + q] += weight * scatter[k] + n[layer] * dp * (mean[9 * layer + q] - middle[q]);
      }
    }
  }
  for (let p = 0; p < 9; p++) for (let q = 0; q < p; q++) sum[9 * p + q] = sum[9 * q + p];
  return { n: total, mean: middle, sum };
}

/** The principal components of the filters of some layers, from the moments that `merged` takes. */
export function pca(n, mean, scatter, chosen) {
  const { n: total, mean: middle, sum } = merged(n, mean, scatter, chosen);
  const { values, vectors } = eigen(sum, 9);
  const all = values.reduce((a, b) => a + b, 0);
  return { n: total, mean: middle, ratio: values.map((value) => value / all), components: vectors.map(signed) };
}

/** The sign rule of the workflow: of the loadings largest in magnitude, up to rounding, the first is positive. */
function signed(vector) {
  const largest = Math.max(...vector.map(Math.abs));
  const leading = vector.find((value) => Math.abs(value) >= largest * (1 - 1e-9));
  return leading < 0 ? vector.map((value) => -value) : vector;
}

/** Positions in a plane whose distances are as near as can be to these (g, g): classical scaling, then SMACOF. */
export function plane(distance, g) {
  let { x, y } = classical(distance, g);
  for (let step = 0, before = Infinity; step < 300; step++) {
    const nx = new Float64Array(g);
    const ny = new Float64Array(g);
    let stress = 0;
    for (let i = 0; i < g; i++) {
      for (let j = 0; j < g; j++) {
        if (i === j) continue;
        const shown = Math.hypot(x[i] - x[j], y[i] - y[j]);
        const pull = shown > 0 ? distance[i * g + j] / shown : 0;
        nx[i] += (pull * (x[i] - x[j])) / g;
        ny[i] += (pull * (y[i] - y[j])) / g;
        stress += (shown - distance[i * g + j]) ** 2;
      }
    }
    [x, y] = [nx, ny];
    if (before - stress < 1e-6 * stress) break;
    before = stress;
  }
  return { x, y };
}

function classical(distance, g) {
  const squared = Float64Array.from(distance, (d) => d * d);
  const mean = new Float64Array(g);
  for (let i = 0; i < g; i++) for (let j = 0; j < g; j++) mean[i] += squared[i * g + j] / g;
  const all = mean.reduce((a, b) => a + b, 0) / g;
  const centred = squared.map((d, k) => -0.5 * (d - mean[Math.floor(k / g)] - mean[k % g] + all));
  const axes = [];
  for (let axis = 0; axis < 2; axis++) {
    let v = Float64Array.from({ length: g }, (_, i) => Math.cos(i * (axis + 1) + 1));
    let size = 0;
    for (let step = 0; step < 100; step++) {
      const w = new Float64Array(g);
      for (let i = 0; i < g; i++) for (let j = 0; j < g; j++) w[i] += centred[i * g + j] * v[j];
      for (const { v: u } of axes) {
        const along = u.reduce((sum, value, i) => sum + value * w[i], 0);
        for (let i = 0; i < g; i++) w[i] -= along * u[i];
      }
      size = Math.hypot(...w);
      v = size > 0 ? w.map((value) => value / size) : v;
    }
    axes.push({ v, size });
  }
  const [x, y] = axes.map(({ v, size }) => v.map((value) => value * Math.sqrt(size)));
  return { x, y };
}
