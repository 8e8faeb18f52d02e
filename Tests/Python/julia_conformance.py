"""The calls of `bindings/julia/JKOnetStar.jl/test/conformance.jl` in Python, and the table of what they give.

Run it to write the table anew, with JKONETSTAR_KERNELS=baseline: numbers depend on the instruction set.
"""

import sys
from pathlib import Path

import jkonetstar as jk
import numpy as np

TABLE = Path(__file__).resolve().parents[2] / "bindings" / "julia" / "JKOnetStar.jl" / "test" / "conformance.csv"


def particles(n, d, shift):
    """Return n particles that are exact in binary."""
    i, j = np.arange(1, n + 1)[:, np.newaxis], np.arange(1, d + 1)
    return ((37 * i + 53 * i**2 * (j - 1) + 61 * j + 17 * shift) % 101) / 32 - 1.5


def moved(x):
    """Return the particles an eighth of their way to 0.25."""
    return x - (x - 0.25) / 8


def calls():
    """Return the numbers of every call, by name."""
    x, y = particles(30, 2, 1), particles(40, 2, 2)
    moments = [0, 1, 2.5]
    course = [particles(40, 2, 3), moved(particles(40, 2, 4)), moved(moved(particles(40, 2, 5)))]
    series = jk.Snapshots(course, time=moments)
    train, test = series.split(0.25, by="times", random_state=3)
    plan = jk.optimal_transport(x, y)
    blurred = jk.optimal_transport(x, y, method="sinkhorn", epsilon=0.5)
    quadratic = jk.Linear(polynomial_degree=2, radial=None)
    closed = jk.JKOnetStar(quadratic).fit(train, report=False)
    growing = [particles(40, 2, 3) * share for share in (0.5, 0.625, 0.75)]
    spread = jk.JKOnetStar(None, internal=True).fit(growing, time=moments, report=False)
    network = jk.JKOnetStar(hidden=(8,), epochs=20, time_varying=False, random_state=7).fit(train, report=False)
    growth = jk.Growth().fit(series, total_mass=[1, 2, 4])
    at = particles(5, 2, 6)
    measures = closed.evaluate(test, train=train)
    between = jk.interpolate(series, [0.5, 2.0], random_state=1)
    return {
        "emd": [jk.emd(x, y), jk.emd(x, y, order=2)],
        "energy_distance": [jk.energy_distance(x, y)],
        "sinkhorn_divergence": [jk.sinkhorn_divergence(x, y, epsilon=0.5)],
        "plan": [plan.cost, *plan.dual_x[:3], *plan.mass[:3]],
        "sinkhorn": [blurred.cost, *blurred.mass_x[:3], *blurred.barycentres_x[0]],
        "split": test[1].rows + 1,
        "shuffle": series.shuffle(random_state=5)[0].rows + 1,
        "closed_form": closed.coef_,
        "potential": closed.potential_(at),
        "gradient": closed.potential_.gradient(at).ravel(),
        "predict": closed.predict(at, steps=2)[-1].ravel(),
        "one_step": measures.one_step,
        "energy_distances": measures.energy_distance,
        "floor": measures.floor,
        "beta": [spread.beta_, spread.energy(at)],
        "network": network.potential_.gradient(at).ravel(),
        "history": network.history_[[0, -1]],
        "network_predict": network.predict(at)[-1].ravel(),
        "growth": growth.rate(at, 0.5),
        "interpolate": [*between.sizes, *between[0].points[0], *between[1].weights[:3]],
        "functional": [*jk.Functional("wavy_plateau")(at), *jk.Functional("flowers").gradient(at).ravel()],
        "simulate": jk.simulate(at, "styblinski_tang", beta=0.1, steps=3)[-1].ravel(),
    }


def table():
    """Return the lines of the table: a name, then the bits of its numbers in hexadecimal."""
    lines = []
    for name, numbers in calls().items():
        bits = np.asarray(numbers, dtype=np.float64).view(np.uint64)
        lines.append(",".join([name, *(f"{number:016x}" for number in bits.tolist())]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--print"]:
        sys.stdout.write(table())
    else:
        TABLE.write_text(table(), encoding="ascii")
