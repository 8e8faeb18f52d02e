"""Everything that a run of `fit` is told, as one nested dictionary: from a TOML file, then from options over it."""

from __future__ import annotations

import difflib
import importlib
from typing import Any, Iterable, Mapping

from .._errors import FormatError, InputError
from ._data import Source

#: What a bare value in the place of a table stands for, such as "linear" for {kind = "linear"}.
BARE = ""

#: What a file may hold. Names within the tables are checked where these are used.
_ROOT = ("data", "model", "growth", "output")


def read(path: str) -> dict[str, Any]:
    """Return what a TOML file says."""
    try:
        toml: Any = importlib.import_module("tomllib")
    except ImportError:
        try:
            toml = importlib.import_module("tomli")
        except ImportError:
            raise ImportError("--config needs Python 3.11 or newer, or tomli: pip install tomli") from None
    with open(path, "rb") as file:
        try:
            found: dict[str, Any] = toml.load(file)
        except ValueError as error:
            raise FormatError(f"{path!r} is not TOML: {error}") from None
    for name in found:
        require_known(name, _ROOT, repr(path))
    for name in ("data", "model", "growth"):
        if not isinstance(found.get(name, {}), dict):
            raise InputError(f"{name} = {found[name]!r} in {path!r} is not a table, [{name}]")
    return found


def put(config: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a dotted path; a bare value on the way becomes what its table says first."""
    *tables, last = path.split(".")
    place = config
    for name in tables:
        inner = place.get(name, {})
        place[name] = dict(inner) if isinstance(inner, dict) else {BARE: inner}
        place = place[name]
    place[last] = value


def forget(config: dict[str, Any], path: str) -> None:
    """Remove what is at a dotted path, if there is anything."""
    *tables, last = path.split(".")
    place: Any = config
    for name in tables:
        place = place.get(name)
        if not isinstance(place, dict):
            return
    place.pop(last, None)


def assignment(text: str) -> tuple[str, Any]:
    """Return the path and the value of "model.training.ridge=1e-4"."""
    path, separator, value = text.partition("=")
    first, *rest = path.strip().split(".")
    if not separator or not all(rest) or (first in _ROOT) is False or (rest == [] and first != "output"):
        raise ValueError(f"{text!r} is not KEY=VALUE with a key such as model.training.ridge")
    return path.strip(), literal(value.strip())


def literal(text: str) -> Any:
    """Return the number, truth value, list or string that a text is."""
    if "," in text:
        return [literal(part.strip()) for part in text.strip("[]").split(",") if part.strip()]
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip("\"'")


def absent(value: Any) -> bool:
    """Return whether a value means None, for which TOML has no word: nothing, or what data decide."""
    return isinstance(value, str) and value in ("none", "auto")


def require_known(name: str, known: Iterable[str], where: str) -> None:
    """Refuse a name that would have no effect."""
    names = list(known)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.0)
        raise InputError(f"{where} has {name!r}, which is not known; the names nearest to it are {', '.join(near)}")


def time_map(text: str) -> dict[str, float]:
    """Return the map of "early=0,late=2.5"."""
    found = {}
    for part in text.split(","):
        label, separator, number = part.rpartition("=")
        try:
            found[label.strip()] = float(number)
        except ValueError:
            separator = ""
        if not separator or not label.strip():
            raise ValueError(f"{part!r} is not LABEL=NUMBER")
    return found


def source(data: Mapping[str, Any]) -> Source:
    """Return where the observations are."""
    for name in data:
        require_known(name, Source._fields, "[data]")
    given = {name: value for name, value in data.items() if not absent(value)}
    if "file" not in given:
        raise InputError("DATA is missing: name a file, or give file in [data]")
    if isinstance(given.get("points"), list):
        given["points"] = ",".join('"' + str(name).replace('"', '""') + '"' for name in given["points"])
    if isinstance(given.get("time_map"), str):
        given["time_map"] = time_map(given["time_map"])
    return Source(**given)
