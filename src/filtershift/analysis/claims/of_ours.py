"""What the papers do not say, stated and judged in the same way as their claims."""

from collections.abc import Sequence

from filtershift.analysis.claims import about_layers as of_layers
from filtershift.analysis.claims import about_shifts as of_shifts
from filtershift.analysis.claims.claim import Claim, Region

FINDINGS: Sequence[Claim] = (
    Claim(
        "variants_alike",
        "Variants of one model are far more alike than models of different lineages.",
        "",
        "",
        "A lineage is what should be counted: its variants add hardly any evidence.",
        "Training a net again, for another scale or noise level, changes its filters as much as another net would.",
        of_shifts.within_lineages,
        Region(high=0.5),
    ),
    Claim(
        "kernels_differ_most",
        "Depthwise and regular convolutions differ more than tasks do.",
        "",
        "",
        "Two nets should be compared with the kind of their convolutions in mind, before what they are for.",
        "The kind of convolution matters no more than the task.",
        of_shifts.depthwise_against_tasks,
        Region(low=1),
    ),
    Claim(
        "restoration_less_degenerate",
        "Nets that restore images have fewer degenerate layers than nets that recognise.",
        "",
        "",
        "What counts as degenerate depends on what a net is for.",
        "Nets that restore images waste as many layers as others.",
        of_layers.degenerate_layers_of_restoration,
        Region(high=0),
        (-1, 1),
        "unscaled",
    ),
)
