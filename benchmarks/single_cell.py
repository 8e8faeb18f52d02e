"""Time each statement of the tutorial in docs/single_cell.md on the embryoid-body cells.

It needs the environment of `make test-single-cell` and the cells (see examples/python/demo.py):

    .venv-single-cell/bin/python benchmarks/single_cell.py --picture docs/single_cell.png
"""

import argparse
import ast
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bindings" / "python"))
DAYS = ("Day 00-03", "Day 06-09", "Day 12-15", "Day 18-21", "Day 24-27")


def write_cells(path):
    """Write the cells as the file that the tutorial reads."""
    import anndata
    import pandas

    folder = Path(os.environ.get("JKONETSTAR_DATA", ROOT.parent / "shared" / "data")) / "eb"
    labels = np.load(folder / "sample_labels.npy")
    obs = pandas.DataFrame({"day": pandas.Categorical.from_codes(labels, DAYS)})
    obs.index = obs.index.astype(str)
    anndata.AnnData(obs=obs, obsm={"X_pca": np.load(folder / "data.npy").astype(np.float32)}).write_h5ad(path)


def main():
    """Run the first code of the tutorial, and print how long each statement took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--picture", type=Path, help="where to keep the stream plot")
    picture = parser.parse_args().picture
    import matplotlib

    matplotlib.use("Agg")
    picture = picture and picture.resolve()
    text = (ROOT / "docs" / "single_cell.md").read_text(encoding="utf-8")
    code = re.search(r"^```python\n(.*?)^```", text, re.M | re.S)[1]
    names, table = {}, []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write_cells("cells.h5ad")
        for statement in ast.parse(code).body:
            start = time.perf_counter()
            exec(compile(ast.Module([statement], []), "single_cell.md", "exec"), names)
            table.append((time.perf_counter() - start, ast.unparse(statement)))
        if picture:
            shutil.copy(next(Path(folder).rglob("*stream.png")), picture)
        os.chdir(ROOT)
    for seconds, statement in table:
        print(f"{seconds:7.1f} s  {statement}")


if __name__ == "__main__":
    main()
