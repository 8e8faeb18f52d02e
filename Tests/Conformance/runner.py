"""Runs the calls of a conformance table through the Python package, and writes the table with the results.

python runner.py TABLE >RESULTS
"""

import sys
from pathlib import Path

import jkonetstar as jk
import numpy as np


class Runner:
    """Holds what calls refer to: the series that was loaded last, and the model that was made last."""

    def load(self, name, weights=None):
        self.series = jk.Snapshots.load(name, time="time", weights=weights)
        numbers("points", np.concatenate([snapshot.points for snapshot in self.series]))
        numbers("weights", np.concatenate([snapshot.weights for snapshot in self.series]))

    def emd(self, first, last, order):
        numbers("value", jk.emd(**self.pair(first, last), order=int(order)))

    def energy_distance(self, first, last):
        numbers("value", jk.energy_distance(**self.pair(first, last)))

    def divergence(self, first, last, epsilon):
        numbers("value", jk.sinkhorn_divergence(**self.pair(first, last), epsilon=float(epsilon)))

    def plan(self, first, last, epsilon):
        options = {"method": "sinkhorn", "epsilon": float(epsilon)} if float(epsilon) > 0 else {}
        plan = jk.optimal_transport(**self.pair(first, last), **options)
        numbers("cost", plan.cost)
        numbers("duals", np.concatenate([plan.dual_x, plan.dual_y]))
        numbers("masses", np.concatenate([plan.mass_x, plan.mass_y]))
        numbers("barycentres", plan.barycentres_x)
        if not options:
            numbers("pairs", np.concatenate([plan.rows, plan.cols]))
            numbers("mass", plan.mass)

    def shuffle(self, seed):
        rows("rows", self.series.shuffle(random_state=int(seed)))

    def split(self, fraction, seed):
        train, test = self.series.split(float(fraction), by="times", random_state=int(seed))
        rows("train", train)
        rows("test", test)

    def functional(self, name):
        numbers("values", jk.Functional(name)(self.series[0].points))
        numbers("gradient", jk.Functional(name).gradient(self.series[0].points))

    def simulate(self, potential, beta, dt, steps, seed):
        options = {"beta": float(beta), "dt": float(dt), "steps": int(steps), "random_state": int(seed)}
        numbers("paths", jk.simulate(self.series[0].points, potential, **options))

    def simulate_function(self, dt, steps):
        # The gradient of V(x, y) = 2 x y.
        options = {"dt": float(dt), "steps": int(steps)}
        numbers("paths", jk.simulate(self.series[0].points, lambda x: 2 * x[:, ::-1], **options))

    def interpolate(self, time, seed):
        found = jk.interpolate(self.series, [float(time)], random_state=int(seed))[0]
        numbers("points", found.points)
        numbers("weights", found.weights)

    def grow(self, last, time, seed):
        masses = np.linspace(1, float(last), len(self.series))
        growth = jk.Growth(random_state=int(seed)).fit(self.series, total_mass=masses)
        numbers("rates", growth.rate(self.series[0].points, float(time)))

    def fit(self, terms, size, epochs, seed):
        size = int(size)
        if terms == "network":
            options = {"hidden": (size, size), "epochs": int(epochs), "batch_size": 8}
        elif terms == "radial":
            options = {"potential": jk.Linear(radial=jk.Radial(grid=size))}
        elif terms == "beta":
            options = {"potential": None, "internal": jk.GaussianMixture(1)}
        else:
            linear = jk.Linear(size, polynomial_total=True, radial=None)
            options = {"potential": linear, "internal": terms == "linear+beta"}
        self.model = jk.JKOnetStar(**options, time_varying=False, random_state=int(seed)).fit(self.series)
        numbers("history", self.model.history_)

    def read(self, name):
        self.model = jk.load(name)

    def energy(self):
        snapshot = self.series[0]
        if hasattr(self.model, "coef_"):
            numbers("coefficients", self.model.coef_)
        if hasattr(self.model, "beta_"):
            numbers("beta", self.model.beta_)
        numbers("energy", self.model.energy(snapshot.points, weights=snapshot.weights))
        if hasattr(self.model, "potential_"):
            numbers("potential", self.model.potential_(snapshot.points))
            numbers("gradient", self.model.potential_.gradient(snapshot.points))

    def predict(self, steps, seed):
        own = None if seed == "own" else int(seed)
        numbers("paths", self.model.predict(self.series[0].points, steps=int(steps), random_state=own))

    def evaluate(self):
        found = self.model.evaluate(self.series)
        for name in ("one_step", "energy_distance", "variance_ratio"):
            numbers(name, getattr(found, name))

    def floor(self, fraction, seed):
        train, test = self.series.split(float(fraction), by="times", random_state=int(seed))
        found = self.model.evaluate(test, train=train)
        for name in ("one_step", "floor", "floor_energy_distance"):
            numbers(name, getattr(found, name))

    def refuse(self):
        try:
            self.model.potential_([[0.0, 0.0, 0.0]])
        except jk.Error as error:
            print("  status", error.status)

    def save(self, name):
        self.model.save(name)

    def pair(self, first, last):
        x, y = self.series[int(first)], self.series[int(last)]
        return {"x": x.points, "y": y.points, "a": x.weights, "b": y.weights}


def numbers(name, values):
    """Write the bits of doubles, the most significant digit first."""
    bits = np.ascontiguousarray(values, ">f8").tobytes().hex()
    print(" ", name, *(bits[k : k + 16] for k in range(0, len(bits), 16)))


def rows(name, series):
    """Write the row numbers of all snapshots."""
    numbers(name, np.concatenate([snapshot.rows for snapshot in series]))


def main():
    """Run what is no comment and no result."""
    runner = Runner()
    for line in Path(sys.argv[1]).read_text().splitlines():
        if line and line[0] not in "# ":
            print(line)
            name, *arguments = line.split()
            getattr(runner, name)(*arguments)


if __name__ == "__main__":
    main()
