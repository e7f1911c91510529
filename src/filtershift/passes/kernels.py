"""The compiled inner loops of the passes; beside them only those of percentiles are compiled.

Every kernel takes a block of filters, shape (n, 9), float32 or float64, and works through it in strips of ``LANES``
filters transposed to (9, LANES) float64, so that each step runs over all lanes at once. All arithmetic is float64 and
every filter's coefficients are computed by the same operations in the same order, whatever block, thread or shard it
comes in. Filters with a NaN or an infinity are dropped from a strip before anything is computed.
"""

import numpy as np
from numba import njit

from filtershift.passes.tolerances import TIE, TINY

LANES = 256


@njit(nogil=True, cache=True, inline="always", error_model="numpy")
def _load(block, start, f):  # type: ignore[no-untyped-def]
    """Copy the next finite filters of the block into the strip f, transposed; return how many."""
    rows = block[start : start + LANES]  # indices of a slice need no test for negative ones
    count = rows.shape[0]
    for j in range(count):
        for p in range(9):
            f[p, j] = rows[j, p]
    wrong = 0
    for j in range(count):  # a sum that is not finite: a filter that may not be, tested below
        s = f[0, j] + f[1, j] + f[2, j] + f[3, j] + f[4, j] + f[5, j] + f[6, j] + f[7, j] + f[8, j]
        wrong += s - s != 0.0
    if wrong == 0:
        return count
    kept = 0
    for j in range(count):
        difference = 0.0
        for p in range(9):
            difference += f[p, j] - f[p, j]
        if difference == 0.0:
            for p in range(9):
                f[p, kept] = f[p, j]
            kept += 1
    return kept


@njit(nogil=True, cache=True, inline="always", error_model="numpy")
def _peaks(f, count, peak):  # type: ignore[no-untyped-def]
    """Largest absolute weight of each filter of the strip f."""
    for j in range(count):
        first = max(abs(f[0, j]), abs(f[1, j]), abs(f[2, j]), abs(f[3, j]), abs(f[4, j]))
        peak[j] = max(first, abs(f[5, j]), abs(f[6, j]), abs(f[7, j]), abs(f[8, j]))


@njit(nogil=True, cache=True, inline="always", error_model="numpy")
def _ranges(f, count, span):  # type: ignore[no-untyped-def]
    """Largest minus smallest weight of each filter of the strip f."""
    for j in range(count):
        low = min(f[0, j], f[1, j], f[2, j], f[3, j], f[4, j], f[5, j], f[6, j], f[7, j], f[8, j])
        span[j] = max(f[0, j], f[1, j], f[2, j], f[3, j], f[4, j], f[5, j], f[6, j], f[7, j], f[8, j]) - low


@njit(nogil=True, cache=True, inline="always", error_model="numpy")
def _widen(f, count, reach):  # type: ignore[no-untyped-def]
    """Raise the lanes' largest -sum, sum, sum of squares, and sum of squares about the mean weight to a strip's."""
    for j in range(count):
        s = f[0, j] + f[1, j] + f[2, j] + f[3, j] + f[4, j] + f[5, j] + f[6, j] + f[7, j] + f[8, j]
        q = f[0, j] * f[0, j] + f[1, j] * f[1, j] + f[2, j] * f[2, j] + f[3, j] * f[3, j] + f[4, j] * f[4, j]
        q += f[5, j] * f[5, j] + f[6, j] * f[6, j] + f[7, j] * f[7, j] + f[8, j] * f[8, j]
        reach[0, j] = max(reach[0, j], -s)
        reach[1, j] = max(reach[1, j], s)
        reach[2, j] = max(reach[2, j], q)
        reach[3, j] = max(reach[3, j], q - s * s * (1 / 9))


@njit(nogil=True, cache=True, inline="always", error_model="numpy")
def _scale(strip, count, peak, scaled):  # type: ignore[no-untyped-def]
    """Each filter divided by its largest absolute weight; a zero filter stays zero."""
    for j in range(count):
        peak[j] = 1.0 / max(peak[j], TINY)
    for p in range(9):
        for j in range(count):
            scaled[p, j] = strip[p, j] * peak[j]


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"reassoc", "nsz"})
def _products(x0, x1, x2, y0, y1, y2, count, tile):  # type: ignore[no-untyped-def]
    """Add the nine dot products of three rows with three rows to a (3, 3) tile: six loads for nine products."""
    s00 = s01 = s02 = s10 = s11 = s12 = s20 = s21 = s22 = 0.0
    for j in range(count):
        s00 += x0[j] * y0[j]
        s01 += x0[j] * y1[j]
        s02 += x0[j] * y2[j]
        s10 += x1[j] * y0[j]
        s11 += x1[j] * y1[j]
        s12 += x1[j] * y2[j]
        s20 += x2[j] * y0[j]
        s21 += x2[j] * y1[j]
        s22 += x2[j] * y2[j]
    tile[0, 0] += s00
    tile[0, 1] += s01
    tile[0, 2] += s02
    tile[1, 0] += s10
    tile[1, 1] += s11
    tile[1, 2] += s12
    tile[2, 0] += s20
    tile[2, 1] += s21
    tile[2, 2] += s22


@njit(nogil=True, cache=True, error_model="numpy", fastmath={"reassoc", "nsz"})
def _sum(row, count):  # type: ignore[no-untyped-def]
    s = 0.0
    for j in range(count):
        s += row[j]
    return s


@njit(nogil=True, cache=True, error_model="numpy")
def _add_moments(strip, count, shift, total, product):  # type: ignore[no-untyped-def]
    """Add the strip's sums and products about ``shift`` to the running ones; the strip is shifted in place."""
    for p in range(9):
        offset = shift[p]
        row = strip[p]
        for j in range(count):
            row[j] -= offset
        total[p] += _sum(row, count)
    for a in range(0, 9, 3):
        for b in range(0, a + 1, 3):
            tile = product[a : a + 3, b : b + 3]
            _products(strip[a], strip[a + 1], strip[a + 2], strip[b], strip[b + 1], strip[b + 2], count, tile)


@njit(nogil=True, cache=True, inline="always", error_model="numpy")
def _close(count, shift, total, product, mean, scatter):  # type: ignore[no-untyped-def]
    """From sums and products about a shift to the mean and the scatter about the mean."""
    for p in range(9):
        mean[p] = shift[p] + total[p] / count
        for q in range(p + 1):
            s = product[p, q] - total[p] * total[q] / count
            scatter[p, q] = s
            scatter[q, p] = s


@njit(nogil=True, cache=True, error_model="numpy")
def moments(block, mean, scatter, summary, reach):  # type: ignore[no-untyped-def]
    """Moments of a block in both variants (0 scaled, 1 unscaled).

    Writes mean (2, 9), scatter about the mean (2, 9, 9) and summary (5): the number of finite filters, largest
    absolute weight, sum of filter ranges, number of all-zero filters, number of filters with a NaN or an infinity;
    and reach (2, 4), as of `_widen`, -inf where there is no finite filter.
    """
    strip = np.empty((9, LANES))
    scaled = np.empty((9, LANES))
    peak = np.empty(LANES)
    shift = np.zeros((2, 9))
    total = np.zeros((2, 9))
    product = np.zeros((2, 9, 9))
    summary[:] = 0.0
    mean[:] = 0.0
    scatter[:] = 0.0
    span = np.empty(LANES)
    farthest = np.full((2, 4, LANES), -np.inf)
    seen = zeros = 0
    for start in range(0, block.shape[0], LANES):
        count = _load(block, start, strip)
        if count == 0:
            continue
        _peaks(strip, count, peak)
        _ranges(strip, count, span)
        summary[1] = max(summary[1], peak[:count].max())
        summary[2] += _sum(span, count)
        for j in range(count):
            zeros += peak[j] == 0.0
        _scale(strip, count, peak, scaled)
        _widen(scaled, count, farthest[0])
        _widen(strip, count, farthest[1])
        if seen == 0:  # a shift near the data, so that a large mean costs the products no digits
            for p in range(9):
                shift[0, p] = _sum(scaled[p], count) / count
                shift[1, p] = _sum(strip[p], count) / count
        _add_moments(scaled, count, shift[0], total[0], product[0])
        _add_moments(strip, count, shift[1], total[1], product[1])
        seen += count
    summary[0], summary[3], summary[4] = seen, zeros, block.shape[0] - seen
    for variant in range(2):
        for k in range(4):
            reach[variant, k] = farthest[variant, k].max()
    if seen:
        for variant in range(2):
            _close(seen, shift[variant], total[variant], product[variant], mean[variant], scatter[variant])


@njit(nogil=True, cache=True, inline="always", error_model="numpy")
def _project(strip, count, components, mean, x, row):  # type: ignore[no-untyped-def]
    """Coefficients of a strip: row[i, j] = components[i] . (filter j - mean)."""
    for p in range(9):
        for j in range(count):
            x[p, j] = strip[p, j] - mean[p]
    for i in range(9):
        b = components[i]
        for j in range(count):
            c = b[0] * x[0, j] + b[1] * x[1, j] + b[2] * x[2, j] + b[3] * x[3, j] + b[4] * x[4, j]
            row[i, j] = c + b[5] * x[5, j] + b[6] * x[6, j] + b[7] * x[7, j] + b[8] * x[8, j]


@njit(nogil=True, cache=True, inline="always", error_model="numpy")
def _stretch(c, count, low, high):  # type: ignore[no-untyped-def]
    """Lower and raise the lanes' smallest and largest coefficient to those c of a strip."""
    for j in range(count):  # all nine at once: a lane's ends are loaded and stored once
        low[j] = min(low[j], c[0, j], c[1, j], c[2, j], c[3, j], c[4, j], c[5, j], c[6, j], c[7, j], c[8, j])
    for j in range(count):
        high[j] = max(high[j], c[0, j], c[1, j], c[2, j], c[3, j], c[4, j], c[5, j], c[6, j], c[7, j], c[8, j])


@njit(nogil=True, cache=True, error_model="numpy")
def _tally_sizes(peak, count, threshold, ratio, sizes):  # type: ignore[no-untyped-def]
    """Count filters by the ratio of their largest weight to ``threshold``, from 2 ** -7 in eight bins per octave.

    Exponent and first three binary digits of the ratio are the bin: no logarithm, and 1 is exactly an edge.
    """
    last = len(sizes) - 1
    for j in range(count):
        ratio[j] = peak[j] / threshold
    digits = ratio.view(np.int64)
    for j in range(count):
        sizes[min(max((digits[j] >> 49) - 8 * (1023 - 7), 0), last)] += 1


@njit(nogil=True, cache=True, error_model="numpy")
def _add_sparse(strip, count, ratio, picked, total, product):  # type: ignore[no-untyped-def]
    """Add the sums and products of the filters of a ratio below 1, copied to ``picked``; return how many they are."""
    found = 0
    for j in range(count):
        if ratio[j] < 1.0:
            for p in range(9):
                picked[p, found] = strip[p, j]
            found += 1
    if found:
        _add_moments(picked, found, np.zeros(9), total, product)
    return found


@njit(nogil=True, cache=True, inline="always", error_model="numpy")
def _tally(row, count, grid, position, counts):  # type: ignore[no-untyped-def]
    """Count a strip's coefficients into uniform bins; outside values go to the first or last bin.

    Components take turns, because a counter raised twice in a row has to wait for itself.
    """
    low, step = grid
    last = float(counts.shape[1] - 1)
    for i in range(9):
        for j in range(count):
            position[i, j] = int(min(max((row[i, j] - low) * step + TIE, 0.0), last))
    for j in range(count):
        for i in range(9):
            counts[i, position[i, j]] += 1


@njit(nogil=True, cache=True, error_model="numpy")
def coefficients(  # type: ignore[no-untyped-def]
    block, components, mean, threshold, grids, bins, counts, extents, total, product, sizes
):
    """Ends and histograms of a block's coefficients in both variants, its sparse filters, and the sizes of all.

    components (2, 9, 9) and mean (2, 9) are the global bases; a filter is sparse where every absolute weight is below
    ``threshold``; grids (2, 2, 2) have per variant the low end and the number of bins per unit of the extent's grid and
    of the window's. Adds to counts (2, 9, B) int32, the extent's ``bins`` first, unless bins is 0. Writes extents
    (2, 2), (inf, -inf) for no finite filter; the sums (2, 9) and products (2, 9, 9), up to the diagonal, of sparse
    filters; and sizes, the filters counted by largest weight, unless the threshold is 0. Returns the number of sparse.
    """
    strip = np.empty((9, LANES))
    scaled = np.empty((9, LANES))
    centred = np.empty((9, LANES))
    row = np.empty((9, LANES))
    peak = np.empty(LANES)
    ratio = np.empty(LANES)
    position = np.empty((9, LANES), np.uint32)  # an index without sign is not tested for being negative
    low = np.full((2, LANES), np.inf)
    high = np.full((2, LANES), -np.inf)
    total[:] = 0.0
    product[:] = 0.0
    sizes[:] = 0
    sparse = 0
    for start in range(0, block.shape[0], LANES):
        count = _load(block, start, strip)
        _peaks(strip, count, peak)
        if threshold > 0.0:
            _tally_sizes(peak, count, threshold, ratio, sizes)
        _scale(strip, count, peak, scaled)
        if threshold > 0.0 and _add_sparse(scaled, count, ratio, centred, total[0], product[0]):
            sparse += _add_sparse(strip, count, ratio, centred, total[1], product[1])
        for variant in range(2):
            _project(scaled if variant == 0 else strip, count, components[variant], mean[variant], centred, row)
            _stretch(row, count, low[variant], high[variant])
            if bins > 0:
                _tally(row, count, grids[variant, 0], position, counts[variant, :, :bins])
                _tally(row, count, grids[variant, 1], position, counts[variant, :, bins:])
    for variant in range(2):
        extents[variant, 0] = low[variant].min()
        extents[variant, 1] = high[variant].max()
    return sparse
