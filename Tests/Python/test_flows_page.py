"""The code of docs/flows.md, from top to bottom; it asserts what the page says."""

import re


def test_the_page_of_flows(root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = (root / "docs" / "flows.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.M | re.S)
    names = {}
    for code in blocks:
        exec(compile(code, "flows.md", "exec"), names)
    assert len(blocks) == 6
    # Where particles came from is within the Gaussian that they started as, and the wells have separated them.
    assert abs(names["first"].mean(0)[1] - 1.2) < 0.05 and abs(names["x"][:, 0]).mean() > 0.6
