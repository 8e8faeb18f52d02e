"""From principal components back to genes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import _arrays
from .._errors import InputError
from . import _cells
from ._recipe import UNS

if TYPE_CHECKING:
    from anndata import AnnData

#: Cells by which it is checked that the components are those of the expression.
_CHECKED = 200
#: How well they must agree: as a part of the deviation of each component, and, for single precision, of the largest.
_AGREE, _ROUNDING = 0.02, 1e-4


def to_genes(
    adata: AnnData, Z: AnnData | ArrayLike, use_rep: str = "X_pca", *, layer: str | None = None, unscale: bool = False
) -> AnnData:
    """Return the expression that principal components stand for.

    With the loadings P of the components it is ``mean(X) + (z - mean(Z)) P^T``, where both means are over the cells of
    `adata`. Those of all other components are at their means. This holds for part of the cells that the components were
    computed from, too.

    Parameters
    ----------
    adata : AnnData
        The cells on which scanpy.pp.pca was run, or some of them: with the components in ``obsm``, the loadings in
        ``varm`` and the expression.
    Z : AnnData or array_like of shape (n, d)
        Cells as from `predict`, with the first d components where they are in `adata`; or these components.
    use_rep : str
        Which components: "X_pca", with loadings ``varm["PCs"]``, or the ``key_added`` of scanpy.pp.pca.
    layer : str, optional
        The layer that the components were computed from; None takes the one that scanpy.pp.pca has noted, or X.
    unscale : bool
        Whether genes that scanpy.pp.scale has divided by their deviation get back deviation and mean, from
        ``adata.var["std"]`` and ``adata.var["mean"]``.

    Returns
    -------
    AnnData
        Of the genes that have loadings, in the unit of that layer: those that scanpy.pp.pca took, which are the highly
        variable ones if there are such, and not all of `adata`. ``obs`` and ``uns`` are those of `Z`.

    Raises
    ------
    ValueError
        If loadings are missing, or the components are not those of this expression: it was changed since, or they were
        corrected, as by Harmony.

    Examples
    --------
    >>> import anndata, numpy as np
    >>> import jkonetstar as jk
    >>> X = np.random.default_rng(0).normal(size=(50, 3)) + 5
    >>> P = np.linalg.svd(X - X.mean(0))[2][:2].T
    >>> adata = anndata.AnnData(X, obsm={"X_pca": (X - X.mean(0)) @ P}, varm={"PCs": P})
    >>> bool(np.allclose(jk.sc.to_genes(adata, [[0.0, 0.0]]).X, X.mean(0)))
    True
    """
    _cells.require(adata)
    if isinstance(Z, _cells.package().AnnData):
        _require_components(Z, use_rep)
    names = "PCs" if use_rep == "X_pca" else use_rep
    if names not in adata.varm:
        raise InputError(
            f"use_rep = {use_rep!r} has no loadings: {names!r} is not in adata.varm, which has "
            f"{_cells.listed(adata.varm.keys(), names)}; scanpy.pp.pca computes them"
        )
    loadings: NDArray[np.float64] = np.asarray(adata.varm[names], dtype=np.float64)
    # Genes that PCA did not see have loadings of zero.
    used = np.flatnonzero((loadings != 0).any(axis=1))
    loadings = loadings[used]
    components = _cells.representation(adata, use_rep, loadings.shape[1])
    expression, mean = _expression(adata, use_rep, layer, used)
    _require_same(adata, expression, mean, components, loadings, use_rep)
    z, kept = _given(Z, use_rep)
    d = z.shape[1]
    if d > loadings.shape[1]:
        raise InputError(f"Z has {d} components, and there are loadings of {loadings.shape[1]}", "JKO_ESHAPE")
    genes = mean + (z - components[:, :d].mean(axis=0, dtype=np.float64)) @ loadings[:, :d].T
    var = adata.var.iloc[used].copy()
    if _arrays.boolean(unscale, "unscale"):
        for name in ("mean", "std"):
            if name not in var:
                raise InputError(f"unscale = True needs adata.var[{name!r}], which scanpy.pp.scale writes")
        genes = genes * var["std"].to_numpy() + var["mean"].to_numpy()
    found: AnnData = _cells.package().AnnData(genes, var=var, **kept)
    return found


def _require_components(Z: AnnData, use_rep: str) -> None:
    """Refuse predicted cells that are in another representation than the one with loadings."""
    if use_rep in Z.obsm:
        return
    said = Z.uns.get(UNS, {}).get("params", {}).get("use_rep")
    place = said if said is not None else next(iter(Z.obsm), "X")
    raise InputError(
        f"Z is in {place!r}, and not in use_rep = {use_rep!r}: only components with loadings become genes; fit a model "
        f'with use_rep="X_pca" for that, or name the loadings of {place!r}, use_rep={place!r}'
    )


def _given(Z: Any, use_rep: str) -> tuple[NDArray[Any], dict[str, Any]]:
    """Return components, and what is known of the cells that have them."""
    if isinstance(Z, _cells.package().AnnData):
        return _cells.representation(Z, use_rep), {"obs": Z.obs.copy(), "uns": dict(Z.uns)}
    return _arrays.points(Z, "Z"), {}


def _expression(
    adata: AnnData, use_rep: str, layer: str | None, used: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the expression of some cells, evenly chosen, in the genes used, and the mean over all cells."""
    noted = adata.uns.get("pca" if use_rep == "X_pca" else use_rep, {}).get("params", {})
    name = layer if layer is not None else noted.get("layer")
    if name is not None and name not in adata.layers:
        raise InputError(f"layer = {name!r} is not in adata.layers, which has {_cells.listed(adata.layers, name)}")
    values: Any = adata.X if name is None else adata.layers[name]
    if values is None:
        raise InputError("adata.X is empty; to_genes needs the expression that the components were computed from")
    total = np.zeros(adata.n_vars)
    # Blocks of rows, so that neither a sparse matrix nor one in a file is ever dense in memory as a whole.
    for start in range(0, adata.n_obs, 2000):
        total += np.asarray(values[start : start + 2000].sum(axis=0), dtype=np.float64).ravel()
    rows = np.unique(np.linspace(0, adata.n_obs - 1, _CHECKED).astype(np.int64))
    some = values[rows]
    some = some.toarray() if hasattr(some, "toarray") else np.asarray(some)
    return some[:, used].astype(np.float64), total[used] / adata.n_obs


def _require_same(
    adata: AnnData,
    expression: NDArray[np.float64],
    mean: NDArray[np.float64],
    components: NDArray[Any],
    loadings: NDArray[np.float64],
    use_rep: str,
) -> None:
    """Refuse components that are not those of the expression, but for a constant."""
    rows = np.unique(np.linspace(0, adata.n_obs - 1, _CHECKED).astype(np.int64))
    stored = components[rows] - components.mean(axis=0, dtype=np.float64)
    missed = _root_mean_square((expression - mean) @ loadings - stored)
    size = _root_mean_square(stored)
    # NaN in the expression is no agreement.
    agree = missed <= _AGREE * size + _ROUNDING * size.max()
    if not agree.all():
        worst = int(agree.argmin())
        raise InputError(
            f"use_rep = {use_rep!r} is not what the loadings make of this expression (component {worst}, of deviation "
            f"{size[worst]:.3g}, differs by {missed[worst]:.3g}): name the layer that scanpy.pp.pca was run on, or run "
            "it again"
        )


def _root_mean_square(values: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.sqrt((values**2).mean(axis=0))
    return found
