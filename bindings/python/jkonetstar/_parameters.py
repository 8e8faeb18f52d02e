"""The manners of a scikit-learn estimator: named parameters that can be read, changed, cloned and shown."""

from __future__ import annotations

import difflib
import inspect
from typing import Any

from ._errors import InputError


class Parametrised:
    """Base of a class whose constructor keeps each keyword as the attribute `_stored(keyword)`."""

    @classmethod
    def _defaults(cls) -> dict[str, Any]:
        parameters = inspect.signature(cls.__init__).parameters.values()
        return {item.name: item.default for item in parameters if item.name != "self"}

    @staticmethod
    def _stored(name: str) -> str:
        return name

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the constructor's parameters by name.

        Parameters
        ----------
        deep : bool
            Accepted for scikit-learn; there are no nested estimators.

        Returns
        -------
        dict

        Examples
        --------
        >>> import jkonetstar as jk
        >>> jk.JKOnetStar(epochs=100).get_params()["epochs"]
        100
        """
        return {name: getattr(self, self._stored(name)) for name in self._defaults()}

    def set_params(self, **params: Any) -> Any:
        """Change parameters by name; they take effect at the next fit.

        Parameters
        ----------
        **params
            Parameters of the constructor.

        Returns
        -------
        self

        Examples
        --------
        >>> import jkonetstar as jk
        >>> jk.JKOnetStar().set_params(epochs=100, random_state=1)
        JKOnetStar(epochs=100, random_state=1)
        """
        known = self._defaults()
        for name in params:
            if name not in known:
                near = difflib.get_close_matches(str(name), known, n=3, cutoff=0.0)
                raise InputError(f"no parameter {name!r}; the names nearest to it are {', '.join(near)}")
        for name, value in params.items():
            setattr(self, self._stored(name), value)
        return self

    def __sklearn_tags__(self) -> Any:
        # Only scikit-learn calls this, so that it is there to be imported.
        from sklearn.utils import Tags, TargetTags

        return Tags(estimator_type=None, target_tags=TargetTags(required=True))

    def __repr__(self) -> str:
        defaults, params = self._defaults(), self.get_params()
        changed = [f"{key}={params[key]!r}" for key in params if repr(params[key]) != repr(defaults[key])]
        return f"{type(self).__name__}({', '.join(changed)})"
