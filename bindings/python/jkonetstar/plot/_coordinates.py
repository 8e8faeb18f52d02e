"""Which coordinates are drawn, and what they are called."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Sequence, Union

from .. import _arrays
from .._errors import InputError
from ..model import JKOnetStar
from ..snapshots import Snapshots, no_snapshots

#: Coordinates by their numbers or names.
Coords = Sequence[Union[int, str]]


class Coordinates(NamedTuple):
    """One or two coordinates to draw, by number, with the labels of axes."""

    which: list[int]
    labels: list[str]


def checked(snapshots: Any, model: Any = None) -> Snapshots:
    """Return the snapshots, which must be such, with particles, and of the model's dimension."""
    if not isinstance(snapshots, Snapshots):
        raise no_snapshots(snapshots)
    if not len(snapshots):
        raise InputError("snapshots is empty: it holds no snapshot")
    if model is not None:
        fitted(model)
        if model.n_features_in_ != snapshots.dimension:
            raise InputError(
                f"snapshots has {_arrays.plural(snapshots.dimension, 'coordinate')}; the model was fitted to "
                f"{model.n_features_in_}",
                "JKO_ESHAPE",
            )
    return snapshots


def fitted(model: Any) -> JKOnetStar:
    """Return the model, which must be one, and fitted."""
    if not isinstance(model, JKOnetStar):
        raise TypeError(f"model must be a JKOnetStar, got {type(model).__name__}")
    model._fitted()
    return model


def chosen(snapshots: Snapshots, coords: Any, least: int = 1) -> Coordinates:
    """Return the coordinates asked for: two, or one where only one is asked for or there is only one."""
    if isinstance(coords, (str, bytes)) or not hasattr(coords, "__len__"):
        raise TypeError(f"coords must be one or two coordinates, such as (0, 1), got {coords!r}")
    d, names = snapshots.dimension, snapshots.names
    if d == 1 and tuple(coords) == (0, 1):
        coords = (0,)
    if len(coords) not in (1, 2):
        raise InputError(f"coords has {len(coords)} elements; a picture has one or two coordinates")
    which = [_number(item, f"coords[{i}]", names, d) for i, item in enumerate(coords)]
    if len(set(which)) < len(which):
        raise InputError(f"coords = {tuple(coords)!r} names the same coordinate twice")
    if len(which) < least:
        had = f"coords = {tuple(coords)!r} names one" if d > 1 else "snapshots has one"
        raise InputError(f"this picture needs two coordinates; {had}")
    return Coordinates(which, [label(snapshots, j) for j in which])


def label(snapshots: Snapshots, j: int) -> str:
    """Return the name of a coordinate as matplotlib writes it."""
    if snapshots.names is None:
        return "$x$" if snapshots.dimension == 1 else f"$x_{{{j + 1}}}$" if j > 8 else f"$x_{j + 1}$"
    return _as_scanpy(snapshots.names[j]).replace("$", r"\$")


def _as_scanpy(name: str) -> str:
    """Return what scanpy calls a component in its pictures: "PC1" for "X_pca-0", "UMAP2" for "X_umap-1"."""
    found = re.fullmatch(r"X_(.+)-(\d+)", name)
    if found is None:
        return name
    basis = {"pca": "PC", "umap": "UMAP", "tsne": "tSNE", "diffmap": "DC", "draw_graph_fa": "FA"}.get(
        found[1], found[1]
    )
    return f"{basis}{int(found[2]) + 1}"


def _number(item: Any, name: str, names: tuple[str, ...] | None, d: int) -> int:
    if not isinstance(item, str):
        return _arrays.integer(item, name, 0, d - 1)
    if names is None:
        raise InputError(
            f"{name} = {item!r} is a name, and the coordinates of the snapshots have none; give its number"
        )
    if item not in names:
        listed = ", ".join(map(repr, names[:8])) + (", ..." if len(names) > 8 else "")
        raise InputError(f"{name} = {item!r} is no coordinate of the snapshots, which are {listed}")
    return names.index(item)
