"""How cells become particles, which a model remembers so that nobody has to repeat it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Mapping, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import _arrays
from .._errors import InputError
from ..model import JKOnetStar
from ..snapshots import Snapshots
from . import _cells
from ._timeline import Timeline

if TYPE_CHECKING:
    from anndata import AnnData

#: Where annotations of models are in adata.uns.
UNS = "jkonetstar"
_ATTRIBUTE = "_cells_recipe"


class Recipe(NamedTuple):
    """Which cells are particles of which snapshot, where, and with which weights."""

    time_key: str
    use_rep: str
    n_comps: int | None = None
    time_map: Mapping[Any, float] | None = None
    weights_key: str | None = None

    def timeline(self, adata: AnnData, verbose: int = 0) -> Timeline:
        """Return when cells were taken."""
        return Timeline(adata, self.time_key, self.time_map, verbose)

    def points(self, adata: AnnData, verbose: int = 0) -> NDArray[Any]:
        """Return where all cells are."""
        return _cells.representation(adata, self.use_rep, self.n_comps, verbose)

    def weights(self, adata: AnnData) -> NDArray[Any] | None:
        """Return how much each cell counts; None where all count the same."""
        if self.weights_key is None:
            return None
        found = _arrays.vector(_cells.column(adata, self.weights_key, "weights_key"), f"obs[{self.weights_key!r}]")
        bad = np.flatnonzero(~(found >= 0))
        if len(bad):
            raise InputError(f"obs[{self.weights_key!r}] of row {bad[0]} is {found[bad[0]]}; weights are at least 0")
        return found

    def snapshots(self, adata: AnnData, verbose: int = 0) -> tuple[Snapshots, Timeline]:
        """Return the cells that have a time as snapshots, whose rows are those of `adata`, and their times."""
        timeline, points, weights = self.timeline(adata, verbose), self.points(adata, verbose), self.weights(adata)
        rows = np.flatnonzero(~np.isnan(timeline.numbers))
        series = Snapshots(points[rows], timeline.numbers[rows], None if weights is None else weights[rows])
        series._time_labels = timeline.labels
        if len(rows) < len(points):
            for k, snapshot in enumerate(series):
                series._set_rows(k, rows[snapshot.rows])
        return series, timeline

    def stored(self) -> dict[str, Any]:
        """Return this as a dictionary that .h5ad files hold, which have no None and only strings as keys."""
        found = {name: value for name, value in self._asdict().items() if value is not None}
        if self.time_map is not None:
            found["time_map"] = json.dumps([[_plain(label), float(time)] for label, time in self.time_map.items()])
        return found

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Recipe:
        """Return what `stored` has written."""
        found = {name: _plain(value) for name, value in stored.items()}
        if "time_map" in found:
            found["time_map"] = dict(json.loads(found["time_map"]))
        return cls(**found)


def _plain(value: Any) -> Any:
    plain = value.item() if isinstance(value, np.generic) else value
    return plain if isinstance(plain, (str, int, float)) else str(plain)


def remember(
    model: JKOnetStar,
    time_key: str = "day",
    use_rep: str = "X_pca",
    *,
    time_map: Mapping[str, float] | None = None,
    weights_key: str | None = None,
) -> JKOnetStar:
    """Tell a fitted model how its particles were made of cells, if it was not fitted by `fit`.

    Models that `jkonetstar.load` has read, or that were fitted to `snapshots`, do not know it. Copies of a model and
    pickles do; files of `save` have numbers only.

    Parameters
    ----------
    model : JKOnetStar
        Fitted to the first of the components in `use_rep`, as many as it has coordinates.
    time_key : str
        The column of ``adata.obs`` with the time of each cell.
    use_rep : str
        Where the coordinates of cells are: in ``adata.obsm``, or "X".
    time_map : mapping, optional
        The number of each label in the column of times.
    weights_key : str, optional
        The column of ``adata.obs`` with weights.

    Returns
    -------
    JKOnetStar
        The same model.

    Examples
    --------
    >>> import anndata, numpy as np
    >>> import jkonetstar as jk
    >>> x = np.random.default_rng(0).normal(size=(40, 2))
    >>> adata = anndata.AnnData(obs={"day": np.repeat([0, 1], 40)}, obsm={"X_pca": np.concatenate([x, 0.9 * x])})
    >>> model = jk.JKOnetStar("linear").fit(jk.sc.snapshots(adata))
    >>> jk.sc.annotate(adata, jk.sc.remember(model))
    >>> adata.obsm["jko_velocity"].shape
    (80, 2)
    """
    require_fitted(model)
    return tell(model, Recipe(time_key, use_rep, int(model.n_features_in_), time_map, weights_key))


def tell(model: JKOnetStar, recipe: Recipe) -> JKOnetStar:
    """Have a model remember a recipe."""
    setattr(model, _ATTRIBUTE, recipe._replace(n_comps=int(model.n_features_in_)))
    return model


def require_fitted(model: Any) -> None:
    """Refuse what is no fitted model."""
    if not isinstance(model, JKOnetStar):
        raise TypeError(f"model must be a JKOnetStar, got {type(model).__name__}")
    model._fitted()


def recipe_of(adata: AnnData, model: JKOnetStar) -> Recipe:
    """Return how a model's particles were made of cells: what it remembers, or what `annotate` has written of it."""
    _cells.require(adata)
    require_fitted(model)
    recipe = getattr(model, _ATTRIBUTE, None)
    if recipe is None and UNS in adata.uns:
        written = adata.uns[UNS]
        same_times = np.array_equal(np.asarray(written.get("times", [])), model.times_)
        if same_times and written["params"]["n_comps"] == model.n_features_in_:
            recipe = Recipe.restored(written["params"])
    if recipe is None:
        raise InputError(
            "model was not made by jkonetstar.sc.fit, and does not know how cells become its particles; "
            "jkonetstar.sc.remember(model, time_key=..., use_rep=...) says so"
        )
    if recipe.n_comps != model.n_features_in_:
        raise InputError(
            f"model has {_arrays.plural(model.n_features_in_, 'coordinate')} and was told of {recipe.n_comps}; "
            "jkonetstar.sc.remember says again where they are"
        )
    found: Recipe = recipe
    return found
