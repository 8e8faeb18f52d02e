"""Flows of a porous medium, d rho / dt = beta Laplace rho^2, in 1, 2 and 5 coordinates, by scheme and step.

Barenblatt's profile (1952) solves this equation and only scales: flows of affine maps from particles of it show the
order of the scheme. Flows from N(0, I), which become another shape, are compared with the radial equation, solved for
2,000 shells of constant mass that move with the medium. The solver is judged by Barenblatt's profile first.
"""

from __future__ import annotations

import math
import time
from typing import Any, Literal

import jkonetstar as jk
import numpy as np
from flow_figures import Array
from scipy.integrate import solve_ivp
from scipy.special import gammainc

EXPONENT, END = 2.0, 1.0
SHELLS, PARTICLES = 2000, 20_000
SCHEMES: tuple[Literal["jko", "sdirk2", "bdf2", "midpoint"], ...] = ("jko", "sdirk2", "bdf2", "midpoint")


def surface(d: int) -> float:
    """Return the surface of the unit sphere."""
    return float(2 * math.pi ** (d / 2) / math.gamma(d / 2))


def moved_shells(radii: Array, masses: Array, d: int, beta: float, end: float) -> Array:
    """Return where the edges of shells are at the end: the flow of the energy beta sum of mass * density.

    The innermost edge is the origin, and outside there is nothing.
    """
    area = surface(d)
    carried = (masses + np.append(masses[1:], 0)) / 2  # by each edge but the innermost

    def velocity(_: float, edges: Array) -> Array:
        volumes = area / d * np.diff(np.concatenate([[0.0], edges]) ** d)
        pressure = (masses / volumes) ** 2
        return np.asarray(beta * area * edges ** (d - 1) * (pressure - np.append(pressure[1:], 0)) / carried)

    solved = solve_ivp(velocity, (0, end), radii[1:], "LSODA", rtol=1e-8, atol=1e-10, lband=1, uband=1)
    if not solved.success:
        raise RuntimeError(solved.message)
    return np.concatenate([[0.0], solved.y[:, -1]])


def barenblatt_edges(d: int, beta: float, t: float, shares: Array) -> Array:
    """Return the radii within which Barenblatt's profile at t has some shares of the mass.

    rho = s^-d (C - k r^2 / s^2)_+ with s = (beta t)^(1 / (d + 2)) and k = 1 / (4 (d + 2)).
    """
    k, area = 1 / (4 * (d + 2)), surface(d)
    # The mass is area C^(1 + d / 2) k^(-d / 2) 2 / (d (d + 2)).
    level = (d * (d + 2) / (2 * area) * k ** (d / 2)) ** (2 / (d + 2))
    edge = math.sqrt(level / k)
    u = np.linspace(0, 1, 200_001)
    mass = (d + 2) / 2 * u**d - d / 2 * u ** (d + 2)
    return np.asarray(np.interp(shares, mass, u) * edge * (beta * t) ** (1 / (d + 2)))


def solver_error(d: int) -> float:
    """Return the error of the solver on Barenblatt's profile from t = 1 to 2: of radii, relative to their mean."""
    shares = np.linspace(0, 1, SHELLS + 1)
    first, last = (barenblatt_edges(d, 1.0, t, shares) for t in (1.0, 2.0))
    found = moved_shells(first, np.diff(shares), d, 1.0, 1.0)
    return float(np.sqrt(((found - last) ** 2).mean()) / last.mean())


def exact_map(d: int, beta: float, x0: Array) -> Array:
    """Return where the medium that starts as N(0, I) takes particles."""
    radii = np.linspace(0, 4 + math.sqrt(d), SHELLS + 1)
    shares = gammainc(d / 2, radii**2 / 2)
    moved = moved_shells(radii, np.diff(shares), d, beta, END)
    distance = np.linalg.norm(x0, axis=1)
    # Beyond the last edge there is a mass below 1e-5.
    factor = np.interp(distance, radii[1:], moved[1:] / radii[1:])
    return np.asarray(x0 * factor[:, None])


def measure(dimensions: list[int], steps: list[float]) -> None:
    """Print errors of density from Barenblatt's profile, and of displacement from a Gaussian."""
    orders(dimensions)
    displacements(dimensions, steps)


def orders(dimensions: list[int]) -> None:
    """Print the error of ln rho where 64 % of the radius are, from t = 1 to 2, and how it falls with the step."""
    print("Mean error of ln rho of Barenblatt's profile from t = 1 to 2, affine maps, beta = 1; order of its fall")
    steps = (5, 10, 20)
    print("| d | scheme | " + " | ".join(f"h = {1 / count:g}" for count in steps) + " | order |\n|" + "---|" * 6)
    for d in dimensions:
        # Quantiles of the radius along all axes: their moments are those of the profile, up to the quantiles' error,
        # which the second moment is freed from, because affine maps depend on it.
        shares = (np.arange(2000 // d) + 0.5) / (2000 // d)
        radii = barenblatt_edges(d, 1.0, 1.0, shares)
        edge = float(barenblatt_edges(d, 1.0, 1.0, np.ones(1))[0])
        radii *= edge * math.sqrt(d / (d + 4) / (radii**2).mean())
        x0 = (radii[:, None, None] * np.concatenate([np.eye(d), -np.eye(d)])).reshape(-1, d)
        k, scale = 1 / (4 * (d + 2)), 2 ** (1 / (d + 2))

        def log_density(x: Array, scale: float = 1.0, d: int = d, k: float = k, edge: float = edge) -> Array:
            with np.errstate(divide="ignore"):
                inside = np.log(np.maximum(k * edge**2 - k * (x**2).sum(1) / scale**2, 0))
            return np.asarray(inside - d * math.log(scale))

        x = 0.8 * edge * scale * np.random.default_rng(0).uniform(-1, 1, (200, d)) / math.sqrt(d)
        for scheme in SCHEMES:
            errors = []
            for count in steps:
                flow = jk.WassersteinFlow(
                    exponent=2, step=1 / count, steps=count, scheme=scheme, components=0, particles=len(x0)
                )
                found = flow.fit(x0, log_density).log_density(x)
                errors.append(float(np.abs(found - log_density(x, scale)).mean()))
            order = math.log2(errors[-2] / errors[-1])
            print(f"| {d} | {scheme} | " + " | ".join(f"{e:.1e}" for e in errors) + f" | {order:.2f} |", flush=True)


def displacements(dimensions: list[int], steps: list[float]) -> None:
    """Print how far particles are from where they should be, relative to how far they should have moved."""
    print("\nDistance of a flow's particles at t = 1 from where the medium takes them / distance that it takes them")
    print("| d | spread from 1 to | solver | maps | h | " + " | ".join(SCHEMES) + " | seconds |")
    print("|" + "---|" * (6 + len(SCHEMES)))
    maps: dict[str, dict[str, Any]] = {
        "affine": {"components": 0},
        "30 bumps": {"components": 0, "bumps": 30},
        "100 bumps": {"components": 0, "bumps": 100},
        "features": {},
    }
    for d in dimensions:
        beta = 2 * (2 * math.pi) ** (d / 2)  # so that the middle of every start spreads alike
        x0 = np.random.default_rng(0).normal(size=(PARTICLES, d))
        exact = exact_map(d, beta, x0)
        spread, moved = (float(np.sqrt((x**2).mean())) for x in (exact, exact - x0))
        start = jk.GaussianMixture.of([1.0], np.zeros((1, d)), np.eye(d)[None])
        judged = f"{solver_error(d):.1e}"
        for name, options in maps.items():
            for h in steps:
                cells, seconds = [], 0.0
                for scheme in SCHEMES:
                    began = time.perf_counter()
                    flow = jk.WassersteinFlow(
                        None, beta=beta, exponent=EXPONENT, step=h, steps=round(END / h), scheme=scheme, **options
                    )
                    try:
                        found = flow.fit(start).transport(x0)
                        error = np.sqrt(((found - exact) ** 2).mean()) / moved
                        cells.append(f"{error:.4f}")
                    except jk.ConvergenceError as failed:
                        cells.append(str(failed).split(":")[0])
                    seconds += time.perf_counter() - began
                ours = " | ".join(cells)
                print(f"| {d} | {spread:.3f} | {judged} | {name} | {h:g} | {ours} | {seconds:.0f} |", flush=True)
