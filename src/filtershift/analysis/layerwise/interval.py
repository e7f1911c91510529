"""The interval of the shift D of a layer, from the shifts of random halves of its units.

Noise makes D too large, by b, and that of half as many units by about 2 b. So b is how much larger halves are in the
mean. Halves of the same units vary about D as D varies about the truth (McCarthy, Rev. Int. Stat. Inst. 37, 1969), and
unlike a bootstrap they repeat no unit, which would leave bins emptier than those of new units.

D is about a sum of squares. That of a true shift x then has the mean x + b and the variance 2 c b + 4 c x, where c
follows from the variance of the halves, whose true shift is D. The interval holds every x from which the measured D is
at most t standard deviations away, as Wilson's interval of a share does (J. Am. Stat. Assoc. 22, 1927).
"""

import numpy as np
from numpy.typing import NDArray

FEWEST_UNITS = 8
"""Layers of fewer units have no interval: they say too little about how units vary."""

FEWEST_PER_BIN = 5
"""Nor have layers with fewer filters for each bin: most of their D is what empty bins make of it."""


def shift_interval(halves: NDArray[np.floating], shift: float, units: int, level: float) -> tuple[float, float, float]:
    """The shift less its bias, and both ends of its interval, none below 0.

    Args:
        halves: (draws,) the shifts between random halves of the units of both layers.
        shift: that between all units.
        units: of the layer that has fewer.
        level: coverage of the interval.
    """
    from scipy.special import stdtrit

    bias = max(float(halves.mean(dtype=float)) - shift, 0.0)
    corrected = max(shift - bias, 0.0)
    spread = 2 * bias + 4 * shift
    # c t², of which the two solutions of (x - corrected)² = t² (2 c b + 4 c x) are made.
    unit = float(halves.var(dtype=float)) / spread * float(stdtrit(units - 1, (1 + level) / 2)) ** 2 if spread else 0.0
    reach = np.sqrt(4 * unit**2 + unit * (4 * corrected + 2 * bias))
    return corrected, max(corrected + 2 * unit - reach, 0.0), corrected + 2 * unit + reach
