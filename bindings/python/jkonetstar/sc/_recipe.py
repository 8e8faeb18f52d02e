"""How cells become particles, which a model remembers so that nobody has to repeat it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Mapping, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import _arrays, _notices
from .._errors import InputError
from ..model import JKOnetStar
from ..snapshots import Snapshots
from . import _cells
from ._timeline import Timeline

if TYPE_CHECKING:
    from anndata import AnnData

#: Where annotations of models are in adata.uns.
UNS = "jkonetstar"
#: More components than this are not taken without a word, which names this section of docs/warnings.md.
_MANY, _SECTION = 10, "many-components"
#: What `names_of` calls coordinates.
_NAMED = re.compile(r"(?P<use_rep>.+)-(?P<number>\d+)")


class Recipe(NamedTuple):
    """Which cells are particles of which snapshot, where, and with which weights."""

    time_key: str
    use_rep: str
    n_comps: int | None = None
    time_map: Mapping[Any, float] | None = None
    weights_key: str | None = None

    def timeline(self, adata: AnnData, tell: bool = False) -> Timeline:
        """Return when cells were taken; tell how that was understood, where a caller has just named the column."""
        return Timeline(adata, self.time_key, self.time_map, tell)

    def points(self, adata: AnnData, tell: bool = False) -> NDArray[Any]:
        """Return where all cells are."""
        return _cells.representation(adata, self.use_rep, self.n_comps, tell)

    def weights(self, adata: AnnData) -> NDArray[Any] | None:
        """Return how much each cell counts; None where all count the same."""
        if self.weights_key is None:
            return None
        found = _arrays.vector(_cells.column(adata, self.weights_key, "weights_key"), f"obs[{self.weights_key!r}]")
        bad = np.flatnonzero(~(found >= 0))
        if len(bad):
            raise InputError(f"obs[{self.weights_key!r}] of row {bad[0]} is {found[bad[0]]}; weights are at least 0")
        return found

    def snapshots(self, adata: AnnData, tell: bool = False) -> tuple[Snapshots, Timeline]:
        """Return the cells that have a time as snapshots, whose rows are those of `adata`, and their times."""
        timeline, points, weights = self.timeline(adata, tell), self.points(adata, tell), self.weights(adata)
        if tell and self.n_comps is None and points.shape[1] > _MANY:
            what, remedy = f"components of {self.use_rep!r}", "n_comps=5 takes the first five"
            if self.use_rep == "X":
                what, remedy = "genes of X", 'use_rep="X_pca" with n_comps=5 takes five principal components'
            _notices.notice(
                f"all {points.shape[1]:,} {what} are taken, and noise in them decides which cells are neighbours; "
                f"{remedy}. See docs/warnings.md#{_SECTION}"
            )
        rows = np.flatnonzero(~np.isnan(timeline.numbers))
        series = Snapshots(points[rows], timeline.numbers[rows], None if weights is None else weights[rows])
        series._time_labels = timeline.labels
        if len(rows) < len(points):
            for k, snapshot in enumerate(series):
                series._set_rows(k, rows[snapshot.rows])
        series._name(names_of(adata, self.use_rep, points.shape[1]))
        series._origin = self._replace(n_comps=points.shape[1])
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


def names_of(adata: AnnData, use_rep: str, count: int) -> tuple[str, ...] | None:
    """Return what coordinates are called, in model files too: as ``scanpy.get.obs_df`` calls them, "X_pca-0".

    Those of X are genes.
    """
    if use_rep != "X":
        return tuple(f"{use_rep}-{j}" for j in range(count))
    return tuple(map(str, adata.var_names[:count])) if adata.var_names.is_unique else None


def _place_of(adata: AnnData, model: JKOnetStar) -> str | None:
    """Return in which representation a model was fitted, by the names of its coordinates; None if they do not say."""
    names = tuple(getattr(model, "feature_names_in_", ()))
    if not names:
        return None
    if names == names_of(adata, "X", len(names)):
        return "X"
    found = _NAMED.fullmatch(names[0])
    use_rep = found["use_rep"] if found is not None else ""
    return use_rep if names == names_of(adata, use_rep, len(names)) else None


def remember(
    model: JKOnetStar,
    time_key: str = "day",
    use_rep: str | None = None,
    *,
    time_map: Mapping[str, float] | None = None,
    weights_key: str | None = None,
) -> JKOnetStar:
    """Tell a fitted model how its particles were made of cells.

    Models that were fitted by `fit`, or to `snapshots` or parts of these, know it, and so do their copies and pickles.
    Files of `save` know the representation, and the times as numbers. Models that were fitted to plain arrays know
    nothing of it.

    Parameters
    ----------
    model : JKOnetStar
        Fitted to the first of the components in `use_rep`, as many as it has coordinates.
    time_key : str
        The column of ``adata.obs`` with the time of each cell.
    use_rep : str, optional
        Where the coordinates of cells are: in ``adata.obsm``, or "X". None takes the one that the model names, and is
        an error where it names none.
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
    >>> model = jk.JKOnetStar("linear").fit(adata.obsm["X_pca"], time=adata.obs["day"])
    >>> jk.sc.annotate(adata, jk.sc.remember(model, time_key="day", use_rep="X_pca"))
    >>> adata.obsm["jko_velocity"].shape
    (80, 2)
    """
    require_fitted(model)
    if use_rep is None:
        names = tuple(getattr(model, "feature_names_in_", ()))
        found = _NAMED.fullmatch(names[0]) if names else None
        if found is None:
            raise InputError(
                "use_rep is missing: the model does not say in which representation of cells it was fitted"
            )
        use_rep = str(found["use_rep"])
    model._origin = Recipe(time_key, use_rep, int(model.n_features_in_), time_map, weights_key)
    return model


def require_fitted(model: Any) -> None:
    """Refuse what is no fitted model."""
    if not isinstance(model, JKOnetStar):
        raise TypeError(f"model must be a JKOnetStar, got {type(model).__name__}")
    model._fitted()


def recipe_of(adata: AnnData, model: JKOnetStar) -> Recipe:
    """Return how a model's particles were made of cells.

    That is what it remembers. A model from a file remembers its representation, and finds the rest in what `annotate`
    has written of it: of a model in the same representation, at the same times.
    """
    _cells.require(adata)
    require_fitted(model)
    if isinstance(model._origin, Recipe):
        return model._origin
    count, use_rep = int(model.n_features_in_), _place_of(adata, model)
    if use_rep is None:
        raise InputError(
            f"model does not say of which representation its {_arrays.plural(count, 'coordinate')} are; "
            "jkonetstar.sc.remember(model, time_key=..., use_rep=...) says so"
        )
    remedy = "jkonetstar.sc.remember(model, time_key=...) says so"
    known = f"model was fitted to {_arrays.plural(count, 'component')} of {use_rep!r}"
    if UNS not in adata.uns:
        raise InputError(f"{known}, and does not say which column of adata.obs has the times; {remedy}")
    written = adata.uns[UNS]
    recipe = Recipe.restored(written["params"])
    if (recipe.use_rep, recipe.n_comps) != (use_rep, count):
        raise InputError(
            f"{known}, and adata.uns[{UNS!r}] tells of another model, of {recipe.n_comps} of {recipe.use_rep!r}; "
            f"which column of adata.obs has the times? {remedy}"
        )
    if not np.array_equal(np.asarray(written.get("times", [])), model.times_):
        raise InputError(
            f"{known} at times {_listed(model.times_)}, and adata.uns[{UNS!r}] tells of another model, at "
            f"{_listed(written.get('times', []))}; which column of adata.obs has the times? {remedy}"
        )
    return recipe


def _listed(times: Any) -> str:
    return ", ".join(f"{time:g}" for time in times[:6]) + (", ..." if len(times) > 6 else "")
