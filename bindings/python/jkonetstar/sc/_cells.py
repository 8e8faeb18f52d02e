"""What is read of an AnnData object: columns of its cells and their coordinates."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Iterable

import numpy as np
from numpy.typing import NDArray

from .. import _arrays, _notices
from .._errors import InputError

if TYPE_CHECKING:
    from anndata import AnnData

#: Expression of more bytes than this is not made dense: principal components say the same in a hundredth of them.
MOST_BYTES = 2**31


def package() -> Any:
    """Return anndata, or say that it is needed."""
    try:
        import anndata
    except ImportError:
        raise ImportError(
            "jkonetstar.sc needs anndata, which cannot be imported; pip install 'jkonetstar[anndata]'"
        ) from None
    return anndata


def require(adata: Any, name: str = "adata") -> None:
    """Refuse what is no AnnData object."""
    if isinstance(adata, package().AnnData):
        return
    rest = f'; pass one of its modalities, such as {name}["rna"]' if hasattr(adata, "mod") else ""
    raise TypeError(f"{name} must be an AnnData object, got {type(adata).__name__}{rest}")


def column(adata: AnnData, key: str, name: str) -> Any:
    """Return a column of the cells; `name` is the argument that names it."""
    if key not in adata.obs:
        raise InputError(f"{name} = {key!r} is not in adata.obs, which has {listed(adata.obs.columns, key)}")
    return adata.obs[key]


def listed(known: Iterable[Any], wanted: str) -> str:
    """Return some names, the most similar ones to what was asked for first."""
    names = [str(name) for name in known]
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
    shown = near + [name for name in names if name not in near]
    if not shown:
        return "nothing"
    return ", ".join(repr(name) for name in shown[:6]) + (f" and {len(shown) - 6} more" if len(shown) > 6 else "")


def representation(adata: AnnData, use_rep: str, n_comps: int | None = None, tell: bool = False) -> NDArray[Any]:
    """Return the coordinates of all cells, shape (cells, n_comps)."""
    values = dense(_stored(adata, use_rep), "X" if use_rep == "X" else f'obsm["{use_rep}"]', tell)
    if values.ndim == 1:
        values = values[:, np.newaxis]
    if n_comps is not None:
        values = values[:, : _arrays.integer(n_comps, "n_comps", 1, values.shape[1])]
    bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(bad):
        message = f"{use_rep} of cell {adata.obs_names[bad[0]]!r} (row {bad[0]}) is not finite"
        raise InputError(message + f", nor that of {len(bad) - 1:,} others" * (len(bad) > 1), "JKO_ENONFINITE")
    return values


def _stored(adata: AnnData, use_rep: str) -> Any:
    if use_rep == "X":
        if adata.X is None:
            raise InputError('use_rep = "X", but adata.X is empty')
        return adata.X
    if use_rep in adata.obsm:
        return adata.obsm[use_rep]
    found = listed(adata.obsm.keys(), use_rep)
    remedy = "; scanpy.pp.pca(adata) computes it" if use_rep == "X_pca" else '; "X" takes adata.X'
    raise InputError(f"use_rep = {use_rep!r} is not in adata.obsm, which has {found}{remedy}")


def dense(values: Any, name: str, tell: bool = False) -> NDArray[Any]:
    """Return a matrix of an AnnData object in memory: it may be sparse, in a file, or a table."""
    size = 8 * int(np.prod(values.shape, dtype=np.int64))
    if size > MOST_BYTES:
        raise InputError(
            f"adata.{name} of shape {tuple(values.shape)} takes {size / 1e9:.2g} GB as dense numbers, more than "
            f'{MOST_BYTES / 1e9:.2g} GB; use_rep="X_pca" takes principal components (scanpy.pp.pca)'
        )
    if hasattr(values, "to_memory"):  # sparse, in a file
        values = values.to_memory()
    if hasattr(values, "to_numpy"):
        values = values.to_numpy()
    if hasattr(values, "toarray") and not isinstance(values, np.ndarray):
        (_notices.notice if tell else _notices.note)(f"adata.{name} is sparse and was made dense, {size / 1e6:.3g} MB")
        values = values.toarray()
    return _arrays.numbers(values[...], f"adata.{name}")
