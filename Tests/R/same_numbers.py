"""Print what Python computes of table.csv, every number to the last bit, for same_numbers.R to compare with.

Usage: python same_numbers.py TABLE MODEL, where MODEL is the file to which a network is saved.
"""

import sys

import jkonetstar as jk
import numpy as np


def show(name, values):
    """Print numbers in the order of Fortran, which is R's."""
    print(name, *(float(value).hex() for value in np.asarray(values, dtype=float).ravel(order="F")))


def main():
    """Print one line for each call."""
    table = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1)
    X, time, weight = table[:, :2], table[:, 2], table[:, 3]
    at = np.array([[0.5, -0.25], [-1.0, 0.75], [1.5, 1.25]])
    series = jk.Snapshots(X, time, weight)

    linear = jk.JKOnetStar("linear", random_state=3).fit(series, report=False)
    show("coefficients", linear.coef_)
    show("gradient", linear.potential_.gradient(at))

    network = jk.JKOnetStar(hidden=(8, 5), epochs=30, time_varying=False, random_state=7).fit(series, report=False)
    show("network", network.potential_(at))
    show("history", network.history_)
    show("rollout", network.predict(at, steps=3).transpose(1, 2, 0))
    network.save(sys.argv[2])

    terms = jk.Linear(polynomial_degree=2, radial=None)
    energy = jk.JKOnetStar(terms, internal=jk.GaussianMixture(1), random_state=2).fit(series, report=False)
    show("beta", [energy.beta_])
    show("noise", energy.predict(at, steps=2, random_state=5).transpose(1, 2, 0))
    # A seed that no double holds: it is found in the model's file.
    seeded = jk.JKOnetStar(terms, internal=jk.GaussianMixture(1), random_state=2**63 + 11).fit(series, report=False)
    seeded.save(sys.argv[2] + ".seeded")
    show("seeded", seeded.predict(at, steps=2).transpose(1, 2, 0))
    found = network.evaluate(series)
    show("one_step", found.one_step)
    show("energy_distance", found.energy_distance)

    plan = jk.optimal_transport(series[0].points, series[1].points, series[0].weights, series[1].weights)
    show("plan", plan.mass)
    show("pairs", np.concatenate([plan.rows, plan.cols]) + 1)
    show("duals", np.concatenate([plan.dual_x, plan.dual_y]))
    blurred = jk.optimal_transport(X[:6], X[6:13], method="sinkhorn", epsilon=0.125)
    show("sinkhorn", blurred.dense())
    show("emd", [jk.emd(X[:6], X[6:13]), jk.emd(X[:6], X[6:13], 2), jk.energy_distance(X[:6], X[6:13])])

    show("between", jk.interpolate(series, [0.5], random_state=4)[0].points)
    growth = jk.Growth(random_state=6).fit(series, total_mass=[1, 2, 3])
    show("growth", growth.rate(at, 0.5))
    show("simulated", jk.simulate(at, "wavy_plateau", beta=0.5, steps=3, random_state=9).transpose(1, 2, 0))
    show("functional", jk.simulate(at, lambda x: x[:, ::-1] * 2.0, steps=2).transpose(1, 2, 0))
    train, test = series.split(0.5, by="times", random_state=8)
    show("split", np.concatenate([snapshot.rows for snapshot in test]) + 1)
    show("train", np.concatenate([snapshot.points[:, 0] for snapshot in train]))


main()
