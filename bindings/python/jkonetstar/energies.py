"""How V and U are parametrised: as networks, or as linear combinations of features."""

from __future__ import annotations

from typing import Any

from . import _abi, _arrays
from ._choices import Activation, RadialFunction, Widths
from ._errors import InputError
from ._parameters import Parameters

#: `radial_grid` of `include/jkonetstar/features.h` says so.
LARGEST_GRID = 3000

_INT32 = 2**31 - 1


class MLP(Parameters):
    """V or U as a network, a multilayer perceptron over standardised coordinates.

    A model with one is trained, by `Adam` or `LBFGS`.

    Parameters
    ----------
    hidden : int or sequence of int
        Widths of 1 to 8 hidden layers, each 1 to 4096.
    activation : {"softplus", "silu", "tanh"}
        What the hidden layers do to their inputs a: ln(1 + e^a), a / (1 + e^-a) or tanh a.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> model = jk.JKOnetStar(potential=jk.MLP(hidden=(8,), activation="tanh"), epochs=100, learning_rate=0.05)
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> model.describe()["parameters"]  # 8 weights and biases of one coordinate; 8 weights and a bias
    25
    """

    def __init__(self, hidden: Widths = (64, 64), activation: Activation = "silu") -> None:
        self.hidden = hidden
        self.activation: Activation = activation

    def _widths(self, name: str) -> list[int]:
        hidden: Any = self.hidden
        if isinstance(hidden, (str, bytes)):
            raise TypeError(f"{name} must be a sequence of integers, got a string")
        try:
            widths = list(hidden)
        except TypeError:
            widths = [hidden]
        if not 1 <= len(widths) <= _abi.MAX_HIDDEN_LAYERS:
            raise InputError(f"{name} has {len(widths)} layers; it must have 1 to {_abi.MAX_HIDDEN_LAYERS}")
        return [_arrays.integer(width, name, -_INT32, _INT32) for width in widths]


class Radial(Parameters):
    """Functions of the distance r to a centre, in units of a width.

    Parameters
    ----------
    function : str
        "gaussian" exp(-r^2), "linear" r, "thin_plate" r^2 ln r, "cubic" r^3, "quintic" r^5, "multiquadric"
        sqrt(1 + r^2), "inverse_multiquadric" 1 / sqrt(1 + r^2) or "inverse_quadratic" 1 / (1 + r^2).
    grid : int
        Centres per coordinate, on a grid over the training points, 1 to 100.
    centres : int, optional
        Number of centres drawn from the training points where the grid, of ``grid ** d`` centres, would have more than
        3,000; None takes 100.
    width : float, optional
        The width, in length; None chooses it from the centres' spacing.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> bumps = jk.Linear(polynomial_degree=0, radial=jk.Radial("gaussian", grid=5, width=1.0))
    >>> model = jk.JKOnetStar(potential=bumps)
    >>> model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1]).coef_.shape
    (5,)
    """

    def __init__(
        self,
        function: RadialFunction = "gaussian",
        grid: int = 10,
        centres: int | None = None,
        width: float | None = None,
    ) -> None:
        self.function: RadialFunction = function
        self.grid = grid
        self.centres = centres
        self.width = width

    def _write(self, options: _abi.FeatureOptions) -> None:
        options.radial = _arrays.choice(self.function, "radial", _abi.RADIAL)
        options.radial_grid = _arrays.integer(self.grid, "radial.grid", 1, 100)
        if self.centres is not None:
            options.radial_centres = _arrays.integer(self.centres, "radial.centres", 1, LARGEST_GRID)
        if self.width is not None:
            options.radial_width = _positive(self.width, "radial.width")


class Fourier(Parameters):
    """Random Fourier features: cosines and sines whose sums stand for a Gaussian kernel, in any number of coordinates.

    Parameters
    ----------
    features : int
        How many, 1 to 20,000.
    scale : float, optional
        Width of the kernel exp(-|x - y|^2 / (2 scale^2)), in length; None takes the median distance of two training
        points.
    coordinates : int, optional
        How many coordinates each frequency acts on; None for all. With 1 or 2 the features stand for sums of functions
        of so many coordinates each, which many coordinates need if few features shall do.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> waves = jk.Linear(polynomial_degree=0, radial=None, fourier=jk.Fourier(20, scale=1.0))
    >>> model = jk.JKOnetStar(potential=waves)
    >>> model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1]).coef_.shape
    (20,)
    """

    def __init__(self, features: int, scale: float | None = None, coordinates: int | None = None) -> None:
        self.features = features
        self.scale = scale
        self.coordinates = coordinates

    def _write(self, options: _abi.FeatureOptions) -> None:
        options.fourier_features = _arrays.integer(self.features, "fourier.features", 1, 20_000)
        if self.scale is not None:
            options.fourier_scale = _positive(self.scale, "fourier.scale")
        if self.coordinates is not None:
            options.fourier_coordinates = _arrays.integer(self.coordinates, "fourier.coordinates", 1, _INT32)


class Linear(Parameters):
    """V or U as a linear combination of features: monomials, radial functions, random Fourier features.

    Without a network in the energy, its coefficients are found in closed form, see `ClosedForm`.

    Parameters
    ----------
    polynomial_degree : int, optional
        Degree of the monomials, 0 (none) to 8. None takes 4, as the paper, in one and two coordinates, and 2 in more,
        where the tails of a quartic carry single particles far away.
    polynomial_total : bool, optional
        Whether the degree bounds the sum of a monomial's exponents instead of each. None takes each exponent with one
        or two coordinates, the sum with more.
    trigonometric : bool
        Whether to add the sine and the cosine of each monomial.
    radial : str, Radial or None
        Radial functions; a string names one that is used with the defaults of `Radial`, None leaves them out.
    fourier : Fourier or None
        Random Fourier features; None leaves them out.
    time_degree : int, optional
        Of V in a model that is time-varying: every feature is multiplied by 1, t, .., t^time_degree, 1 to 8, of which
        as many powers are used as there are transitions less 1. None takes 3.

    Examples
    --------
    >>> import jkonetstar as jk
    >>> quadratic = jk.Linear(polynomial_degree=2, radial=None)
    >>> model = jk.JKOnetStar(potential=quadratic)
    >>> _ = model.fit([0.0, 1.0, 2.0, 0.0, 0.9, 1.8], time=[0, 0, 0, 1, 1, 1])
    >>> model.potential_.gradient([[1.0]]).round(3)  # length/time
    array([[0.1]])
    >>> jk.Linear(radial="cubic") == jk.Linear(radial=jk.Radial("cubic"))
    True
    """

    def __init__(
        self,
        polynomial_degree: int | None = None,
        polynomial_total: bool | None = None,
        trigonometric: bool = False,
        radial: RadialFunction | Radial | None = "gaussian",
        fourier: Fourier | None = None,
        time_degree: int | None = None,
    ) -> None:
        self.polynomial_degree = polynomial_degree
        self.polynomial_total = polynomial_total
        self.trigonometric = trigonometric
        self.radial = radial
        self.fourier = fourier
        self.time_degree = time_degree

    def _meant(self, name: str) -> Any:
        value: Any = getattr(self, name)
        if name == "radial" and isinstance(value, str) and value in _abi.RADIAL:
            named: Any = value
            return Radial(named)
        return value

    def _write(self, options: _abi.FeatureOptions) -> None:
        """Write the features; `time_degree` concerns the model as well."""
        if self.polynomial_degree is not None:
            # The library's word for None is -1.
            options.polynomial_degree = _arrays.integer(self.polynomial_degree, "polynomial_degree", 0, 8)
        if self.polynomial_total is not None:
            options.polynomial_total = _arrays.boolean(self.polynomial_total, "polynomial_total")
        options.trigonometric = _arrays.boolean(self.trigonometric, "trigonometric")
        if options.polynomial_degree == 0:
            for name, default in (("polynomial_total", None), ("trigonometric", False)):
                if getattr(self, name) is not default:
                    raise InputError(
                        f"{name} = {getattr(self, name)!r} has no effect: polynomial_degree = 0 has no monomials"
                    )
        radial = self._meant("radial")
        if isinstance(radial, Radial):
            radial._write(options)
        elif radial is None:
            options.radial_grid = 0
        else:
            _arrays.choice(radial, "radial", _abi.RADIAL)
        if isinstance(self.fourier, Fourier):
            self.fourier._write(options)
        elif self.fourier is not None:
            raise TypeError(f"fourier must be a Fourier or None, got {_arrays.quoted(self.fourier)}")
        if self.time_degree is not None:
            options.time_degree = _arrays.integer(self.time_degree, "time_degree", 1, 8)


def _positive(value: Any, name: str) -> float:
    """Return a positive number; the library takes 0 for None."""
    number = _arrays.real(value, name)
    if not number > 0:
        raise InputError(f"{name} = {value!r} is not a positive number; None chooses it")
    return number
