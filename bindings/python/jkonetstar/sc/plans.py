"""Which cell of one time became which of the next, in the layout of CellRank, moscot and Waddington-OT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import _arrays
from .._advice import advise
from .._errors import DataWarning, InputError
from ..coupling import Sinkhorn, Unbalanced
from ..entropic_plan import EntropicPlan
from ..model import JKOnetStar
from ..snapshots import Snapshot
from ..transport import optimal_transport
from ..transport_plan import TransportPlan
from . import _cells
from ._recipe import recipe_of

if TYPE_CHECKING:
    from anndata import AnnData


def couplings(
    adata: AnnData, model: JKOnetStar, *, time_key: str | None = None, threshold: float = 0.0
) -> dict[tuple[Any, Any], AnnData]:
    """Return the transport plans between consecutive times on which a model is fitted.

    They are of the kind that the model's `coupling` says: exact ones have at most n + m - 1 pairs, entropic ones all.
    With growth they are from the masses that cells will have at the next time.

    CellRank sorts the labels of times, and moscot takes numbers only: both take the column of categories that
    `annotate` writes, ``plans = couplings(adata, model, time_key="jko_time")`` and ``RealTimeKernel(adata,
    time_key="jko_time", couplings=plans)``. A plan of moscot's TemporalProblem, prepared with ``time_key="jko_time"``,
    is set by ``problem[t0, t1].set_solution(plans[t0, t1].to_df())``. Files ``f"tmap_{t0}_{t1}.h5ad"`` that
    ``write_h5ad`` makes of them are those of Waddington-OT.

    Parameters
    ----------
    adata : AnnData
        It is not changed; its cells must have names of their own.
    model : JKOnetStar
        From `fit`, or see `remember`.
    time_key : str, optional
        The column of ``adata.obs`` whose labels the keys are; None takes that of the model.
    threshold : float
        Pairs with no more mass are left out. All pairs of an entropic plan may be more than memory holds.

    Returns
    -------
    dict
        By pairs of times, as ``adata.obs`` writes them, AnnData objects of shape (n, m): the mass of each pair as a
        sparse X, whose sum is 1, with the cells of the earlier time as ``obs`` and those of the later time as ``var``.

    Warns
    -----
    DataWarning
        If the labels do not sort in the order of time, such as "Day 12" before "Day 6".

    Examples
    --------
    >>> import anndata, numpy as np
    >>> import jkonetstar as jk
    >>> adata = anndata.AnnData(
    ...     obs={"day": ["Day 0", "Day 0", "Day 1", "Day 1"]}, obsm={"X_pca": np.array([[0.0], [1.0], [1.2], [0.1]])}
    ... )
    >>> plans = jk.sc.couplings(adata, jk.sc.fit(adata, potential="linear"))
    >>> plans["Day 0", "Day 1"].to_df()
           2    3
    0    0.0  0.5
    1    0.5  0.0
    """
    recipe = recipe_of(adata, model)
    if not adata.obs_names.is_unique:
        twice = adata.obs_names[adata.obs_names.duplicated()][0]
        raise InputError(f"adata.obs_names has {twice!r} twice; adata.obs_names_make_unique() gives cells names")
    least = _arrays.real(threshold, "threshold")
    series, timeline = recipe.snapshots(adata)
    snapshots = list(series)
    labels = [timeline.label(snapshot.time) for snapshot in snapshots]
    if time_key is not None:
        column = _cells.column(adata, time_key, "time_key")
        labels = [_label(column.iloc[snapshot.rows].unique(), snapshot.time, time_key) for snapshot in snapshots]
    _advise_on_order(labels, time_key or recipe.time_key)
    found = {}
    for k, (now, then) in enumerate(zip(snapshots, snapshots[1:])):
        rows, cols, mass = _plan(model, now, then).sparse(least)
        found[labels[k], labels[k + 1]] = _matrix(adata, now, then, rows, cols, mass)
    return found


def _label(labels: Any, time: float, time_key: str) -> Any:
    """Return the label that all cells of a snapshot have in a column."""
    if len(labels) != 1 or labels[0] != labels[0]:
        shown = ", ".join(repr(label) for label in list(labels)[:4])
        raise InputError(f"time_key = {time_key!r}: the cells of time {time:g} have {shown} there, not one label")
    return labels[0].item() if isinstance(labels[0], np.generic) else labels[0]


def _advise_on_order(labels: list[Any], time_key: str) -> None:
    """Warn of labels that CellRank would take in another order than that of time."""
    if not all(isinstance(label, str) for label in labels) or sorted(labels) == labels:
        return
    late, early = next((b, a) for a, b in zip(sorted(labels), sorted(labels)[1:]) if labels.index(a) > labels.index(b))
    advise(
        f"labels in adata.obs[{time_key!r}] do not sort in the order of time: {early!r} is sorted before {late!r}, and "
        "CellRank's RealTimeKernel goes by that",
        [
            'time_key="jko_time" here and there, a column of numbers that annotate writes',
            'labels that sort, such as "Day 06-09"',
        ],
        "labels-out-of-order",
        DataWarning,
    )


def _plan(model: JKOnetStar, now: Snapshot, then: Snapshot) -> TransportPlan | EntropicPlan:
    """Return the plan that a model is fitted on."""
    masses = now.weights
    if hasattr(model, "growth_"):
        masses = masses * np.exp(model.growth_.rate(now.points, now.time) * (then.time - now.time))
        masses = masses / masses.sum()
    kind = model._meant("coupling")
    if not isinstance(kind, (Sinkhorn, Unbalanced)):
        return optimal_transport(now.points, then.points, masses, then.weights)
    options: dict[str, Any] = kind.get_params(deep=False)
    method: Any = "sinkhorn" if isinstance(kind, Sinkhorn) else "unbalanced"
    plan: EntropicPlan = optimal_transport(now.points, then.points, masses, then.weights, method=method, **options)
    return plan


def _matrix(
    adata: AnnData,
    now: Snapshot,
    then: Snapshot,
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
    mass: NDArray[np.float64],
) -> AnnData:
    # SciPy comes with anndata.
    from scipy.sparse import csr_matrix

    matrix = csr_matrix((mass, (rows, cols)), shape=(len(now.rows), len(then.rows)))
    sources, targets = (adata.obs.iloc[snapshot.rows].copy() for snapshot in (now, then))
    found: AnnData = _cells.package().AnnData(matrix, obs=sources, var=targets)
    return found
