"""Functions of the distance to centres, and their gradients, as nodes of ONNX."""

from __future__ import annotations

from typing import Callable

import numpy as np
from numpy.typing import NDArray

from ._onnx_graph import Graph
from ._onnx_network import Field

#: Below this s, functions of which a power of r is a factor are 0, as in the library.
_LEAST = 1e-30


def radial_functions(
    graph: Graph, z: str, centres: NDArray[np.float64], width: float, name: str
) -> Callable[[str, bool], Field]:
    """Return a combination of G(s) for all centres c, with s = |z - c|^2 / width^2."""
    dimension = centres.shape[1]

    def field(weights: str, gradient: bool) -> Field:
        # One coordinate after the other, because all at once would take d times the memory.
        differences = [
            graph.node("Sub", graph.columns(z, np.array([k])), centres[None, :, k]) for k in range(dimension)
        ]
        squares = [graph.multiply(difference, difference) for difference in differences]
        s = graph.multiply(graph.add(squares[0], *squares[1:]), 1 / width**2)
        value = graph.sum(graph.multiply(weights, _profile(graph, s, name)), 1)
        if not gradient:
            return Field(value, None)
        # The gradient of G is 2 G'(s) (z - c) / width^2.
        slopes = graph.multiply(weights, _slope(graph, s, name))
        columns = [graph.sum(graph.multiply(slopes, difference), 1) for difference in differences]
        joined = graph.node("Concat", *columns, axis=1) if dimension > 1 else columns[0]
        return Field(value, graph.multiply(joined, 1 / width**2))

    return field


def _profile(graph: Graph, s: str, name: str) -> str:
    """Return G(s), by the name of `Radial`; r is the root of s."""
    if name == "gaussian":
        return graph.node("Exp", graph.node("Neg", s))
    if name == "linear":
        return _away_from_zero(graph, s, lambda s: graph.node("Sqrt", s))
    if name == "thin_plate":
        return _away_from_zero(graph, s, lambda s: graph.multiply(s, graph.node("Log", s), 0.5))
    if name == "cubic":
        return _away_from_zero(graph, s, lambda s: graph.multiply(s, graph.node("Sqrt", s)))
    if name == "quintic":
        return _away_from_zero(graph, s, lambda s: graph.multiply(s, s, graph.node("Sqrt", s)))
    q = graph.add(s, 1.0)
    if name == "multiquadric":
        return graph.node("Sqrt", q)
    if name == "inverse_multiquadric":
        return graph.node("Div", 1.0, graph.node("Sqrt", q))
    if name == "inverse_quadratic":
        return graph.node("Div", 1.0, q)
    raise AssertionError(f"radial function {name!r} is not known")


def _slope(graph: Graph, s: str, name: str) -> str:
    """Return 2 G'(s)."""
    if name == "gaussian":
        return graph.multiply(graph.node("Exp", graph.node("Neg", s)), -2.0)
    if name == "linear":
        return _away_from_zero(graph, s, lambda s: graph.node("Div", 1.0, graph.node("Sqrt", s)))
    if name == "thin_plate":
        return _away_from_zero(graph, s, lambda s: graph.add(graph.node("Log", s), 1.0))
    if name == "cubic":
        return _away_from_zero(graph, s, lambda s: graph.multiply(graph.node("Sqrt", s), 3.0))
    if name == "quintic":
        return _away_from_zero(graph, s, lambda s: graph.multiply(s, graph.node("Sqrt", s), 5.0))
    q = graph.add(s, 1.0)
    if name == "multiquadric":
        return graph.node("Div", 1.0, graph.node("Sqrt", q))
    if name == "inverse_multiquadric":
        return graph.node("Div", -1.0, graph.multiply(q, graph.node("Sqrt", q)))
    if name == "inverse_quadratic":
        return graph.node("Div", -2.0, graph.multiply(q, q))
    raise AssertionError(f"radial function {name!r} is not known")


def _away_from_zero(graph: Graph, s: str, function: Callable[[str], str]) -> str:
    """Return a function of s, and 0 at a centre, where it or its logarithm may not be finite."""
    found = function(graph.node("Max", s, _LEAST))
    return graph.node("Where", graph.node("Less", s, _LEAST), 0.0, found)
