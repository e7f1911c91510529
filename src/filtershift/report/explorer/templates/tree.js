// A tree of groups: two clusters are as far apart as their groups are on average.

/**
 * Cluster g groups at these distances (g, g).
 *
 * Returns the leaves in order, neighbours as near as joining the nearer ends allows, and for each join the line of four
 * points: position among the leaves and height.
 */
export function tree(distance, g) {
  const clusters = Array.from({ length: g }, (_, k) => ({ leaves: [k], height: 0, parts: [] }));
  const between = Array.from({ length: g }, (_, a) => Float64Array.from(distance.subarray(a * g, (a + 1) * g)));
  const live = new Set(clusters.keys());
  const chain = [];
  while (live.size > 1) {
    if (!chain.length) chain.push(live.values().next().value);
    const last = chain.at(-1);
    const before = chain.at(-2);
    let nearest = before ?? -1;
    for (const other of live) {
      if (other !== last && (nearest < 0 || between[last][other] < between[last][nearest])) nearest = other;
    }
    if (nearest !== before) {
      chain.push(nearest);
      continue;
    }
    chain.length -= 2;
    join(clusters, between, live, last, nearest, distance, g);
  }
  const root = clusters[live.values().next().value];
  return { leaves: root.leaves, branches: branches(root, new Map(root.leaves.map((leaf, k) => [leaf, k]))) };
}

/** Make one cluster of a and b, in the place of a. */
function join(clusters, between, live, a, b, distance, g) {
  const [x, y] = [clusters[a], clusters[b]];
  for (const other of live) {
    if (other === a || other === b) continue;
    const mean =
      (between[a][other] * x.leaves.length + between[b][other] * y.leaves.length) / (x.leaves.length + y.leaves.length);
    between[a][other] = between[other][a] = mean;
  }
  live.delete(b);
  const ends = [
    [x.leaves.at(-1), y.leaves[0], false, false],
    [x.leaves.at(-1), y.leaves.at(-1), false, true],
    [x.leaves[0], y.leaves[0], true, false],
    [x.leaves[0], y.leaves.at(-1), true, true],
  ];
  const [, , turnX, turnY] = ends.reduce((best, end) =>
    distance[end[0] * g + end[1]] < distance[best[0] * g + best[1]] ? end : best
  );
  const leaves = [...(turnX ? x.leaves.toReversed() : x.leaves), ...(turnY ? y.leaves.toReversed() : y.leaves)];
  clusters[a] = { leaves, height: between[a][b], parts: [x, y] };
}

function branches(root, position) {
  const lines = [];
  const place = (cluster) => {
    if (!cluster.parts.length) return [position.get(cluster.leaves[0]), 0];
    const [one, other] = cluster.parts.map(place);
    lines.push([one, [one[0], cluster.height], [other[0], cluster.height], other]);
    return [(one[0] + other[0]) / 2, cluster.height];
  };
  place(root);
  return lines;
}
