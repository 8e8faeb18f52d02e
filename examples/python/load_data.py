"""Build, inspect, divide, write and read a series of unpaired snapshots."""

import tempfile
from pathlib import Path

import jkonetstar as jk
import numpy as np

rng = np.random.default_rng(0)

# Pooled particles with the time each was seen, in any order; snapshots may differ in size.
X = rng.normal(size=(700, 2))
time = rng.choice([0.0, 6.0, 24.0], size=700)
series = jk.Snapshots(X, time)
print(series)
for snapshot in series:
    mean = snapshot.points.mean(0).round(2)
    print(f"  t = {snapshot.time:4g}: {len(snapshot.points)} particles, mean {mean}")

# A later observation, with weights that say how much each particle counts.
series.append(rng.normal(size=(50, 2)), time=48.0, weights=rng.uniform(1, 2, size=50))
print("after append:", series.sizes)

train, test = series.split(test_fraction=0.4, by="times", random_state=0)
print("train:", train.sizes, " test:", test.sizes)

with tempfile.TemporaryDirectory() as folder:
    series.save(Path(folder) / "series")
    print("files:", sorted(file.name for file in (Path(folder) / "series").iterdir()))
    print(jk.Snapshots.load(Path(folder) / "series"))

    # npz, csv (a header line, a time column) and npy of shape (snapshots, n, d) are read too.
    np.savez(Path(folder) / "cells.npz", cells=X, day=time)
    print(jk.Snapshots.load(Path(folder) / "cells.npz", points="cells", time="day"))
