import hashlib
import inspect
import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from filtershift.errors import FiltershiftError
from filtershift.figures.bars import size_bars
from filtershift.figures.distributions.ridge import density_ridges
from filtershift.figures.drawing.saving import save
from filtershift.figures.drawing.style import STYLE


def draw_and_save(*paths):
    """Its source runs in another process, too."""
    import numpy as np

    from filtershift.figures.boxes import boxes
    from filtershift.figures.drawing.saving import save

    save(boxes([("Ωμέγα", np.arange(50.0)), ("漢字 $x$", np.array([1.0, 99]))], "shift D"), *paths)


def bars_of(title, labels):
    return size_bars([title], [pd.DataFrame({"group": labels, "n_filters": [12, 3]})], "filters")


@pytest.fixture
def figure():
    return bars_of("Task", ["a", "b $x_1$"])


def test_both_files_appear_and_nothing_else(figure, tmp_path):
    save(figure, tmp_path / "deep" / "figure.pdf", str(tmp_path / "deep" / "figure.png"))
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["figure.pdf", "figure.png"]
    with Image.open(tmp_path / "deep" / "figure.png") as picture:
        width, height = figure.get_size_inches() * 130
        assert picture.size == (int(width), int(height))


@pytest.mark.slow
def test_equal_figures_give_equal_bytes_in_another_process(tmp_path):
    here, there = ([str(tmp_path / folder / name) for name in ("a.pdf", "a.png")] for folder in ("here", "there"))
    draw_and_save(*here)
    code = f"import sys\n{inspect.getsource(draw_and_save)}\ndraw_and_save(*sys.argv[1:])"
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    subprocess.run([sys.executable, "-c", code, *there], check=True, env={"PYTHONHASHSEED": seed})
    for one, other in zip(here, there, strict=True):
        assert Path(one).read_bytes() == Path(other).read_bytes()


def test_saving_twice_gives_equal_bytes(figure, tmp_path):
    hashes = set()
    for name in ("one", "two"):
        save(figure, tmp_path / f"{name}.pdf", tmp_path / f"{name}.png")
        hashes.add(tuple(hashlib.sha256((tmp_path / f"{name}{end}").read_bytes()).digest() for end in (".pdf", ".png")))
    assert len(hashes) == 1


def test_pdf_has_truetype_text_and_no_date(figure, tmp_path):
    save(figure, tmp_path / "figure.pdf")
    content = (tmp_path / "figure.pdf").read_bytes()
    assert b"/CIDFontType2" in content or b"/TrueType" in content
    assert b"/Type3" not in content
    assert b"CreationDate" not in content
    assert b"Matplotlib" not in content


def test_pdf_has_one_font_for_each_weight(tmp_path):
    save(bars_of("official", ["efficient", "flow"]), tmp_path / "figure.pdf")
    content = (tmp_path / "figure.pdf").read_bytes()
    assert content.count(b"/CIDFontType2") == 2


@pytest.mark.slow
def test_palette_keeps_fills_exactly_and_edges_nearly(tmp_path, rng):
    labels = [f"group {n}" for n in range(15)]
    densities = np.exp(-0.5 * ((np.linspace(-3, 3, 200) - rng.normal(size=(15, 9, 1))) / 0.5) ** 2)
    groups = {label: {"density": density} for label, density in zip(labels, densities, strict=True)}
    figure = density_ridges(np.linspace(-3, 3, 200), groups, labels)
    save(figure, tmp_path / "figure.png")
    with mpl.rc_context(STYLE):
        figure.canvas.draw()
    exact = np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int)
    with Image.open(tmp_path / "figure.png") as picture:
        assert picture.mode == "P"
        saved = np.asarray(picture.convert("RGB")).astype(int)
    assert np.abs(saved - exact).max() <= 32
    colors, counts = np.unique(exact.reshape(-1, 3), axis=0, return_counts=True)
    for color in colors[np.argsort(counts)[-16:]]:
        assert (saved[(exact == color).all(axis=-1)] == color).all()


def test_other_endings_are_told_before_anything_is_written(figure, tmp_path):
    with pytest.raises(FiltershiftError, match=r"figure\.jpg.*use \.pdf or \.png"):
        save(figure, tmp_path / "figure.pdf", tmp_path / "figure.jpg")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file_and_no_other(figure, tmp_path):
    target = tmp_path / "figure.pdf"
    target.write_text("old")

    def fail(value, position):
        raise ZeroDivisionError

    next(axes for axes in figure.axes if axes.patches).xaxis.set_major_formatter(fail)
    with pytest.raises(ZeroDivisionError):
        save(figure, target)
    assert [path.name for path in tmp_path.iterdir()] == ["figure.pdf"]
    assert target.read_text() == "old"
