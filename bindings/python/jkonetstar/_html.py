"""An estimator in a notebook, where scikit-learn does not show it."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

#: Texts longer than this are cut.
_LONGEST = 80

_PAGE = (
    '<div style="display:inline-block;border:1px solid #8888;border-radius:4px;padding:4px 8px;font-family:monospace">'
    '<div><strong>{name}</strong> <span style="color:{colour}">{state}</span></div>{tables}</div>'
)
_TABLE = '<details{open}><summary>{title}</summary><table style="text-align:left">{rows}</table></details>'
_ROW = '<tr><th style="text-align:left">{name}</th><td style="text-align:left">{value}</td></tr>'


def shown(estimator: Any) -> str:
    """Return an estimator as HTML: its name, whether it is fitted, its parameters and what it has learned."""
    defaults, values = estimator._defaults(), estimator.get_params(deep=False)
    changed = {name: value for name, value in values.items() if repr(value) != repr(defaults[name])}
    others = {name: value for name, value in values.items() if name not in changed}
    fitted = estimator.__sklearn_is_fitted__()
    tables = [
        _table("parameters", changed, unfolded=True),
        _table("parameters with their defaults", others),
        _table("learned", _learned(estimator) if fitted else {}),
    ]
    state, colour = ("fitted", "#2a7f3f") if fitted else ("not fitted", "#b35900")
    return _PAGE.format(name=escape(type(estimator).__name__), state=state, colour=colour, tables="".join(tables))


def _learned(estimator: Any) -> dict[str, object]:
    """Return the attributes that a fit has set; models lack those of terms that they do not have."""
    names = {*dir(type(estimator)), *vars(estimator)}
    learned = sorted(name for name in names if name.endswith("_") and not name.startswith("_"))
    return {name: getattr(estimator, name) for name in learned if hasattr(estimator, name)}


def _table(title: str, values: dict[str, object], unfolded: bool = False) -> str:
    if not values:
        return ""
    rows = "".join(_ROW.format(name=escape(name), value=escape(_text(value))) for name, value in values.items())
    return _TABLE.format(title=title, rows=rows, open=" open" if unfolded else "")


def _text(value: object) -> str:
    """Return a value in one line; of long arrays the shape."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, np.ndarray) and value.size > 6:
        return f"array of shape {value.shape}"
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 4] + " ..."
