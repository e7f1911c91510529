"""How often a test of chance tries: less often in daily work, as Hypothesis does."""

from hypothesis import settings


def tries(number: int) -> range:
    """Seeds of so many data sets in `make test`, of half as many in `make check`."""
    return range(number if settings.default.max_examples >= 20 else number // 2)
