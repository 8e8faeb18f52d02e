"""What networks are trained on, as a function of their parameters: for optimisers of your own."""

from __future__ import annotations

import copy

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._calls import LongCall
from ._objective import NetworkObjective
from .model import JKOnetStar
from .snapshots import Snapshots, as_snapshots


class Objective:
    """The objective of an energy with networks over snapshots, in double precision.

    Where `Adam` takes steps on minibatches, this is the whole objective with its gradient, a smooth
    function that is the same at every call, for any optimiser or sampler. Plans, densities and the forces of features
    are computed once, when it is made. Several threads may use one at once.

    Parameters
    ----------
    model : JKOnetStar
        With a network for V, U or both, fitted or not: its terms, scheme, coupling and seed are used, what it has
        learned is not. With `interaction_samples`, U is averaged over two samples per coupling, drawn once; otherwise
        over all particles. What else its `training` has is not used.
    X, time, weights
        Two or more snapshots, as in `JKOnetStar.fit`.

    Raises
    ------
    ValueError
        If parameters or data cannot be used, or the energy has no network.
    ConvergenceError
        If a plan did not converge.

    Notes
    -----
    Parameters are a vector: of V's network, where it is one, W_1, b_1, .., w, b (matrices by rows, a row per output,
    over standardised coordinates), of U's network likewise, then the coefficients of features and beta, each times
    the root mean square of its force. `include/jkonetstar/objective.h` has the details.

    Examples
    --------
    >>> import numpy as np
    >>> import jkonetstar as jk
    >>> x0 = np.random.default_rng(0).uniform(-1, 1, size=(50, 1))
    >>> X, time = np.concatenate([x0, 0.9 * x0]), np.repeat([0.0, 0.1], 50)
    >>> objective = jk.Objective(jk.JKOnetStar(hidden=[8]), X, time)
    >>> theta = objective.initial_parameters()
    >>> for _ in range(20):  # gradient descent
    ...     value, gradient = objective.value_and_gradient(theta)
    ...     theta = theta - 10.0 * gradient
    >>> bool(value < objective.value_and_gradient(objective.initial_parameters())[0])
    True
    >>> objective.model(theta).potential_.gradient([[0.5]]).shape
    (1, 1)
    """

    def __init__(
        self,
        model: JKOnetStar,
        X: ArrayLike | Snapshots,
        time: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> None:
        if not isinstance(model, JKOnetStar):
            raise TypeError(f"model must be a JKOnetStar, got {type(model).__name__}")
        # Whatever is set later must not change what this is a function of.
        self._model = JKOnetStar(**copy.deepcopy(model.get_params(deep=False)))  # type: ignore[arg-type]
        series = as_snapshots(X, time, weights)
        self._objective = NetworkObjective(model._specification(), series, model._long_call())

    def __len__(self) -> int:
        """Return the number of parameters."""
        return len(self._objective)

    def __repr__(self) -> str:
        return f"Objective({len(self):,} parameters)"

    def initial_parameters(self) -> NDArray[np.float64]:
        """Return where `JKOnetStar.fit` begins: random weights; biases and coefficients of 0.

        Returns
        -------
        ndarray of shape (p,)

        Examples
        --------
        >>> import jkonetstar as jk
        >>> objective = jk.Objective(jk.JKOnetStar(hidden=[4]), [0.0, 1.1, 0.0, 1.0], time=[0, 0, 1, 1])
        >>> objective.initial_parameters().shape  # 4 weights and biases of 1 input; 4 weights and a bias
        (13,)
        """
        return self._objective.initial_parameters()

    def value_and_gradient(self, parameters: ArrayLike) -> tuple[float, NDArray[np.float64]]:
        """Return the objective and its gradient in the parameters, both in length^2.

        Parameters
        ----------
        parameters : array_like of shape (p,)
            Finite.

        Returns
        -------
        value : float
            Infinite or NaN where it exceeds the largest number.
        gradient : ndarray of shape (p,)

        Examples
        --------
        >>> import jkonetstar as jk
        >>> objective = jk.Objective(jk.JKOnetStar(hidden=[4]), [0.0, 1.1, 0.0, 1.0], time=[0, 0, 1, 1])
        >>> value, gradient = objective.value_and_gradient([0.0] * 13)
        >>> round(value, 6)  # half of 0.1^2: nothing moves where V is constant
        0.005
        """
        with LongCall() as call:
            status, value, gradient = self._objective.evaluate(call, parameters)
        call.finish(status)
        return value, gradient

    def model(self, parameters: ArrayLike, history: ArrayLike | None = None) -> JKOnetStar:
        """Return the fitted model that parameters make.

        Parameters
        ----------
        parameters : array_like of shape (p,)
            Finite.
        history : array_like of shape (n,), optional
            What its `history_` shall be; the objective of the parameters by default.

        Returns
        -------
        JKOnetStar

        Examples
        --------
        >>> import jkonetstar as jk
        >>> objective = jk.Objective(jk.JKOnetStar(hidden=[4]), [0.0, 1.1, 0.0, 1.0], time=[0, 0, 1, 1])
        >>> objective.model([0.0] * 13).predict([3.0])[-1]
        array([[3.]])
        """
        model = copy.deepcopy(self._model)
        model._energy = self._objective.energy(parameters, history)
        return model
