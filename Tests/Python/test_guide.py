"""The code of docs/guide.md, from top to bottom."""

import re
import warnings

import pytest


def test_the_guide(root, tmp_path, monkeypatch):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    monkeypatch.chdir(tmp_path)
    page = (root / "docs" / "guide.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.M | re.S)
    names = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for code in blocks:
            exec(compile(code, "guide.md", "exec"), names)
    assert len(blocks) > 8 and (tmp_path / "landscape.png").stat().st_size > 10_000
    # What the text says of its own example.
    held_out = names["held_out"]
    assert held_out.one_step.mean() < 2.5 * held_out.floor.mean()
    assert names["between"].weights.sum() == pytest.approx(1)


def test_every_section_is_listed(root):
    page = (root / "docs" / "guide.md").read_text(encoding="utf-8")
    sections = {title.lower().replace(" ", "-") for title in re.findall(r"^## (.*)$", page, re.M)}
    assert set(re.findall(r"\]\(#([a-z-]+)\)", page)) == sections
