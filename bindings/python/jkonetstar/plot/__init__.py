"""Pictures of populations and of the energies that are learned from them; they need matplotlib.

Every function draws into `ax` and returns it; without one it makes a figure. It changes nothing but these axes: neither
matplotlib's settings nor its current figure. matplotlib is imported when something is drawn.

Energies have one colour map (blue valleys, white hills) and times another (from purple to orange). What is hatched is
farther from the particles than these are from each other, so that nothing was learned there. Coordinates have the
names that the snapshots know.

>>> import jkonetstar as jk
>>> import numpy as np
>>> from matplotlib.figure import Figure
>>> x = jk.simulate(np.random.default_rng(0).uniform(-2, 2, (100, 2)), lambda x: x, dt=0.1, steps=1)
>>> series = jk.Snapshots(x, time=[0.0, 0.1])
>>> model = jk.JKOnetStar("linear").fit(series)
>>> axes = jk.plot.landscape(model, series, ax=Figure().add_subplot())
>>> axes.get_xlabel()
'$x_1$'
"""

from ._arrows import streamlines, velocity
from ._couplings import couplings
from ._curves import history, residuals
from ._densities import densities
from ._growth import growth
from ._landscape import landscape
from ._over_time import potential_over_time
from ._path import error_bars
from ._populations import populations

__all__ = [
    "couplings",
    "densities",
    "error_bars",
    "growth",
    "history",
    "landscape",
    "populations",
    "potential_over_time",
    "residuals",
    "streamlines",
    "velocity",
]
