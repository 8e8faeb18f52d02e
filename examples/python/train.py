"""Learn an energy from unpaired snapshots, compare it with the true one, and save it."""

import tempfile
from pathlib import Path

import jkonetstar as jk
import numpy as np

# A population that descends a known energy; shuffling forgets who became whom.
rng = np.random.default_rng(0)
trajectories = jk.simulate(rng.uniform(-4, 4, size=(500, 2)), potential="styblinski_tang", dt=0.01, steps=5)
series = jk.Snapshots(trajectories.reshape(-1, 2), time=np.repeat(0.01 * np.arange(6), 500))
train, test = series.split(0.5, by="trajectories", random_state=0)
train, test = train.shuffle(), test.shuffle()

models = {
    "network": jk.JKOnetStar(hidden=(32, 32), epochs=100, verbose=1),
    "linear": jk.JKOnetStar(potential="linear"),
}
x = test[0].points
truth = jk.functionals["styblinski_tang"].gradient(x)
for name, model in models.items():
    model.fit(train)
    error = np.linalg.norm(model.potential_.gradient(x) - truth) / np.linalg.norm(truth)
    print(f"{name:8} one-step-ahead EMD {-model.score(test):.4f}, relative error of grad V {error:.3f}")

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "energy.safetensors"
    models["linear"].save(path)
    again = jk.load(path)
    print(again, "same bits:", np.array_equal(again.potential_(x), models["linear"].potential_(x)))
