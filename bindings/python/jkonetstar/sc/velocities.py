"""Learned velocities where scVelo looks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .._errors import InputError
from . import _cells
from ._recipe import UNS, Recipe

if TYPE_CHECKING:
    from anndata import AnnData


def as_scvelo(adata: AnnData) -> AnnData:
    """Return annotated cells with their components as variables, and layers as scVelo wants them.

    scVelo compares velocities with displacements to neighbours over variables that it takes for genes, and first
    subtracts the mean over these. Components have no common mean to subtract. Therefore each of them is there a second
    time with the opposite sign: means are 0 then, and cosines are those of the components.

    Parameters
    ----------
    adata : AnnData
        After `annotate`. It is not changed. Cells without a velocity are left out.

    Returns
    -------
    AnnData
        With the layers "spliced", "Ms" and "velocity", and with the embeddings, neighbours and colours of `adata`, for
        ``scv.tl.velocity_graph`` and ``scv.pl.velocity_embedding_stream``.

    Notes
    -----
    CellRank needs none of this: ``VelocityKernel(adata, attr="obsm", xkey="X_pca", vkey="jko_velocity")``, as long as
    the model has all components of "X_pca".

    Examples
    --------
    >>> import anndata, numpy as np
    >>> import jkonetstar as jk
    >>> x = np.random.default_rng(0).normal(size=(100, 2))
    >>> adata = anndata.AnnData(obs={"day": np.repeat([1, 2], 100)}, obsm={"X_pca": np.concatenate([x, 0.9 * x])})
    >>> jk.sc.annotate(adata, jk.sc.fit(adata, potential="linear"))
    >>> jk.sc.as_scvelo(adata).layers["velocity"].shape
    (200, 4)
    """
    _cells.require(adata)
    if UNS not in adata.uns or "jko_velocity" not in adata.obsm:
        raise InputError("adata has no velocities; jkonetstar.sc.annotate(adata, model) writes them")
    recipe = Recipe.restored(adata.uns[UNS]["params"])
    known = np.isfinite(adata.obsm["jko_velocity"]).all(axis=1)
    cells = adata if known.all() else adata[known]
    points, velocity = recipe.points(cells), np.asarray(cells.obsm["jko_velocity"])
    mirrored = {"spliced": points, "Ms": points, "velocity": velocity}
    layers = {name: np.hstack([values, -values]).astype(np.float32) for name, values in mirrored.items()}
    found: AnnData = _cells.package().AnnData(
        layers["Ms"].copy(),
        obs=cells.obs.copy(),
        obsm={name: values for name, values in cells.obsm.items() if name.startswith("X_")},
        obsp={name: values.copy() for name, values in cells.obsp.items()},
        uns={name: value for name, value in cells.uns.items() if name == "neighbors" or name.endswith("_colors")},
        layers=layers,
    )
    numbers = range(1, points.shape[1] + 1)
    found.var_names = [f"{sign}{k}" for sign in ("+", "-") for k in numbers]
    return found
