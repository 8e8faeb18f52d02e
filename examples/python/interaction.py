"""Learn how particles attract each other: networks for a potential V and an interaction U, with a checkpoint."""

import tempfile
from pathlib import Path

import jkonetstar as jk
import numpy as np

# Particles that are drawn to the origin by V = |x|^2 / 2 and to each other by U = |x|^2; shuffling forgets who is who.
x0 = np.random.default_rng(0).normal([2, -1], [1, 0.5], (1000, 2))
paths = jk.simulate(x0, lambda x: x, lambda x: 2 * x, dt=0.01, steps=50)[::10]
series = jk.Snapshots(paths.reshape(-1, 2), time=np.repeat(0.1 * np.arange(6), len(x0)))
train, test = series.split(0.5, by="trajectories", random_state=0)
train, test = train.shuffle(random_state=0), test.shuffle(random_state=1)

with tempfile.TemporaryDirectory() as folder:
    # Training compares each particle with 128 others, chosen anew in every epoch, instead of with all of them. When it
    # is interrupted, running the program again continues from the checkpoint (if the folder is not a temporary one).
    kept = jk.Checkpoint(Path(folder) / "training.safetensors", resume=True)
    adam = jk.Adam(epochs=60, interaction_samples=128, checkpoint=kept)
    both = jk.JKOnetStar("mlp", "mlp", training=adam, random_state=0).fit(train)
alone = jk.JKOnetStar("mlp", epochs=100, random_state=0).fit(train)

print(f"W1 one step ahead: V and U {-both.score(test):.4f}, V alone {-alone.score(test):.4f}")

# A force that is the same for all pairs can be a part of V or of U. Only the sum of the two forces is determined by the
# data, so it is the sum that is compared with the truth.
x = test[0].points
differences = (x[:, None] - x).reshape(-1, 2)
attraction = both.interaction_.gradient(differences).reshape(len(x), len(x), 2).mean(axis=1)
force = -both.potential_.gradient(x) - attraction
truth = -x - 2 * (x - x.mean(axis=0))
print(f"relative error of the force on each particle: {np.linalg.norm(force - truth) / np.linalg.norm(truth):.3f}")
