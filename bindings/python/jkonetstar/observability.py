"""Which terms of an energy the data can tell apart."""

from __future__ import annotations

import json
from typing import Any

import numpy as np


class Observability:
    """A report on which terms of a linear energy the data determine; printed, it is a plain sentence.

    Each term's features can make a space of velocity fields at the particles. Principal angles between two such
    spaces say how alike they can be: an angle of 0 is a field that both can make, and whose share in either is chosen
    by the ridge and not by the data.

    Attributes
    ----------
    sentence : str
        The report in words.
    identified : bool
        Whether every term can be told from the others: its field in the fit, and its least alike one, are at an angle
        of more than 1e-3 to all that the others can make.
    rank : int
        Directions that the data determine, out of as many as there are coefficients.
    spectrum : ndarray
        Eigenvalues of the normal matrix, standardised to unit diagonal, ascending.
    separations : dict of str to dict
        Per term ("potential", "interaction", "internal"): "smallest", "largest" and "fitted" angle to all that the
        others can make, in radians; "confounded", how many of its "rank" directions are closer than 1e-3; "identified".
    angles : dict of (str, str) to ndarray
        Principal angles between two terms, ascending, in radians.
    weakest : dict of str to float
        The features that make up the direction that the data determine least, with their weights.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> x0 = np.random.default_rng(0).normal(size=(100, 1)) + 3
    >>> quadratic = jk.Linear(polynomial_degree=2, radial=None)
    >>> model = jk.JKOnetStar(potential=quadratic)
    >>> report = model.fit(np.concatenate([x0, 0.9 * x0]), time=np.repeat([0.0, 0.1], 100)).observability()
    >>> report.identified, report.rank
    (True, 2)
    """

    def __init__(self, text: str) -> None:
        said: dict[str, Any] = json.loads(text)
        self.sentence: str = said["sentence"]
        self.identified: bool = said["identified"]
        self.rank: int = said["rank"]
        self.spectrum = np.array(said["spectrum"])
        self.separations = {entry.pop("term"): entry for entry in said["separations"]}
        self.angles = {(pair["first"], pair["second"]): np.array(pair["angles"]) for pair in said["angles"]}
        self.weakest = {entry["name"]: entry["weight"] for entry in said["weakest"]}

    def __repr__(self) -> str:
        return f"Observability: {self.sentence}"
