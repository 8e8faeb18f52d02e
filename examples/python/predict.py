"""Predict where a population goes: along the fitted times, beyond them, and at times of your own."""

import jkonetstar as jk
import numpy as np

# Particles that relax to 0 at rate 1, seen at three uneven times.
rng = np.random.default_rng(0)
times = np.array([0.0, 0.2, 0.5])
x0 = rng.normal(size=(400, 2)) + 2
populations = [rng.permutation(x0 * np.exp(-t)) for t in times]
model = jk.JKOnetStar(potential=jk.Linear(polynomial_degree=2, radial=None))
model.fit(np.concatenate(populations), np.repeat(times, 400))

# From the first fitted time: two fitted gaps, then the last gap repeats.
path = model.predict(x0, steps=4)
print("shape:", path.shape, "(start and 4 steps, particles, coordinates)")
print("means:", path.mean(axis=(1, 2)).round(3))

# From a later fitted time, and at times of your own.
print("from t = 0.2:", model.predict(populations[1], t0=0.2)[-1].mean().round(3))
fine = np.linspace(0, 1, 11)
last = model.predict(x0, times=fine)[-1]
print("at t = 1:", last.mean().round(3), " exact:", (x0 * np.exp(-1)).mean().round(3))

# Each step solves y = x - tau grad V(y); this is how exactly.
y = model.predict(x0, t0=0.2)[1]
residual = np.abs(y - x0 + 0.3 * model.potential_.gradient(y)).max()
print(f"largest residual of a step: {residual:.1e}")

result = model.evaluate(np.concatenate(populations), np.repeat(times, 400))
print("one step ahead:", result.one_step.round(4), " cumulative:", result.cumulative.round(4))
