"""What a user does first with an installed wheel: import, fit, predict, evaluate, save, load."""

import importlib.metadata
import pathlib
import platform
import tempfile

import jkonetstar as jk
import numpy as np

library = pathlib.Path(jk._library.lib._name).resolve()
assert library.parent == pathlib.Path(jk.__file__).resolve().parent, f"{library} is not the wheel's library"
assert importlib.metadata.version("jkonetstar") == jk.version() == jk.__version__

x0 = np.random.default_rng(0).uniform(-4, 4, (300, 2))
paths = jk.simulate(x0, potential="wavy_plateau", dt=0.01, steps=3)
series = jk.Snapshots(paths.reshape(-1, 2), np.repeat(0.01 * np.arange(4), 300)).shuffle(random_state=0)
models = [jk.JKOnetStar("linear"), jk.JKOnetStar(jk.MLP((16, 16)), epochs=50, time_varying=False, random_state=0)]
for model in models:
    model.fit(series)
    evaluation = model.evaluate(series)
    assert evaluation.one_step.mean() < 0.5 * evaluation.nothing_moves.mean(), evaluation
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.safetensors"
        model.save(path)
        again = jk.load(path)
    predicted = model.predict(x0, steps=3)
    assert predicted.shape == (4, 300, 2) and np.array_equal(again.predict(x0, steps=3), predicted)

versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
print(f"{versions}: jkonetstar {jk.version()} fits, predicts, saves, loads")
