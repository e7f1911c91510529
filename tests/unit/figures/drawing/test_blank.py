from filtershift.figures.drawing.blank import blank


def test_the_reason_is_legible(assert_legible):
    assert_legible(blank())
