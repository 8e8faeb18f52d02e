"""Runs the calls of a conformance table through the Python package, and writes the table with the results.

python runner.py TABLE >RESULTS
"""

import sys
from pathlib import Path

import jkonetstar as jk
import numpy as np


class Runner:
    """Holds what calls refer to: the series that was loaded last, and the model that was fitted last."""

    def load(self, name):
        self.series = jk.Snapshots.load(name, time="time")
        numbers("points", np.concatenate([snapshot.points for snapshot in self.series]))

    def emd(self, first, last, order):
        numbers("value", jk.emd(*self.points(first, last), order=int(order)))

    def plan(self, first, last, epsilon):
        x, y = self.points(first, last)
        options = {"method": "sinkhorn", "epsilon": float(epsilon)} if float(epsilon) > 0 else {}
        plan = jk.optimal_transport(x, y, **options)
        numbers("cost", plan.cost)
        numbers("barycentres", plan.barycentres_x)

    def simulate(self, potential, beta, dt, steps, seed):
        options = {"beta": float(beta), "dt": float(dt), "steps": int(steps), "random_state": int(seed)}
        numbers("paths", jk.simulate(self.series[0].points, potential, **options))

    def fit(self, terms, size, epochs, seed):
        if terms == "network":
            size = int(size)
            options = {"hidden": (size, size), "epochs": int(epochs), "batch_size": 8}
        else:
            linear = jk.Linear(int(size), polynomial_total=True, radial=None)
            options = {"potential": linear, "internal": terms == "linear+beta"}
        self.model = jk.JKOnetStar(**options, time_varying=False, random_state=int(seed)).fit(self.series)

    def energy(self):
        x = self.series[0].points
        if hasattr(self.model, "coef_"):
            numbers("coefficients", self.model.coef_)
        if hasattr(self.model, "beta_"):
            numbers("beta", self.model.beta_)
        numbers("potential", self.model.potential_(x))
        numbers("gradient", self.model.potential_.gradient(x))

    def predict(self, steps, seed):
        numbers("paths", self.model.predict(self.series[0].points, steps=int(steps), random_state=int(seed)))

    def evaluate(self):
        found = self.model.evaluate(self.series)
        for name in ("one_step", "energy_distance", "variance_ratio"):
            numbers(name, getattr(found, name))

    def interpolate(self, time):
        found = jk.interpolate(self.series, [float(time)])[0]
        numbers("points", found.points)
        numbers("weights", found.weights)

    def grow(self, last, time):
        growth = jk.Growth().fit(self.series, total_mass=np.linspace(1, float(last), len(self.series)))
        numbers("rates", growth.rate(self.series[0].points, float(time)))

    def refuse(self):
        try:
            self.model.potential_([[0.0, 0.0, 0.0]])
        except jk.Error as error:
            print("  status", error.status)

    def save(self, name):
        self.model.save(name)

    def points(self, *places):
        return [self.series[int(k)].points for k in places]


def numbers(name, values):
    """Write the bits of doubles, the most significant digit first."""
    bits = np.ascontiguousarray(values, ">f8").tobytes().hex()
    print(" ", name, *(bits[k : k + 16] for k in range(0, len(bits), 16)))


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
