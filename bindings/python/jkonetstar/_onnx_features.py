"""Linear combinations of features, and their gradients, as nodes of ONNX.

A family has weights of shape (1, F), or (n, F) where they vary with the time of each point. Its value at a point is the
sum over features f of weight_f phi_f, its gradient that of weight_f grad phi_f.
"""

from __future__ import annotations

from typing import Callable

import numpy as np
from numpy.typing import NDArray

from ._onnx_graph import Graph, Value
from ._onnx_monomials import Monomials
from ._onnx_network import Field
from ._onnx_radial import radial_functions
from ._tensors import Tensor

#: Takes the weights and whether a gradient is asked for.
Family = Callable[[str, bool], Field]


def features(
    graph: Graph, z: str, s: str | None, named: dict[str, Tensor], prefix: str, radial: str, gradient: bool
) -> Field:
    """Add a linear combination of features with the coefficients of a model file; `radial` is the radial function."""
    # Every tensor of a family begins with its name; families lie in this order in the file and in the coefficients.
    families: list[tuple[int, Family]] = []
    if f"{prefix}monomials.exponents" in named:
        monomials = Monomials(graph, z, _exponents(named, f"{prefix}monomials.exponents"))
        families.append((monomials.count, monomials.field))
    if f"{prefix}trigonometric.exponents" in named:
        angles = Monomials(graph, z, _exponents(named, f"{prefix}trigonometric.exponents"))
        families.append((2 * angles.count, angles.trigonometric_field))
    if f"{prefix}radial.width" in named:
        centres, width = _centres(named, f"{prefix}radial."), float(named[f"{prefix}radial.width"][0])
        families.append((len(centres), radial_functions(graph, z, centres, width, radial)))
    if f"{prefix}fourier.frequencies" in named:
        frequencies = named[f"{prefix}fourier.frequencies"]
        families.append((2 * len(frequencies), _fourier(graph, z, frequencies)))
    coefficients = named[f"{prefix}coefficients"]
    weights, first, found = _weights(graph, s, coefficients), 0, []
    for count, field in families:
        found.append(field(graph.columns(weights, np.arange(first, first + count)), gradient))
        first += count
    assert first == coefficients.shape[1], f"{prefix}coefficients have a family that is not known here"
    values, gradients = [field.value for field in found], [field.gradient for field in found if field.gradient]
    return Field(graph.add(values[0], *values[1:]), graph.add(gradients[0], *gradients[1:]) if gradient else None)


def _weights(graph: Graph, s: str | None, coefficients: Tensor) -> Value:
    """Return sum_q coefficients_q s^q, by Horner's scheme."""
    weights: Value = coefficients[-1:]
    for row in reversed(range(len(coefficients) - 1)):
        assert s is not None, "a model that does not vary in time has one row of coefficients"
        weights = graph.add(graph.multiply(weights, s), coefficients[row : row + 1])
    return weights


def _exponents(named: dict[str, Tensor], name: str) -> NDArray[np.int64]:
    return named[name].astype(np.int64)


def _centres(named: dict[str, Tensor], prefix: str) -> NDArray[np.float64]:
    """Return the centres, which a grid has as its places along each coordinate, the last coordinate fastest."""
    if f"{prefix}axes" not in named:
        return named[f"{prefix}centers"].astype(np.float64)
    ends = np.cumsum(named[f"{prefix}axes"])[:-1].tolist()
    axes = np.split(named[f"{prefix}places"].astype(np.float64), ends)
    return np.stack([places.reshape(-1) for places in np.meshgrid(*axes, indexing="ij")], axis=1)


def _fourier(graph: Graph, z: str, frequencies: Tensor) -> Family:
    """Return a cos(w . z) for all frequencies w, then a sin(w . z), with a = 1 / sqrt(number of frequencies)."""
    pairs, amplitude = len(frequencies), 1 / np.sqrt(len(frequencies))

    def field(weights: str, gradient: bool) -> Field:
        phases = graph.node("MatMul", z, frequencies.T)
        cosines, sines = graph.cosine(phases), graph.node("Sin", phases)
        of_cosines, of_sines = (graph.columns(weights, np.arange(pairs) + shift) for shift in (0, pairs))
        waves = graph.add(graph.multiply(of_cosines, cosines), graph.multiply(of_sines, sines))
        value = graph.multiply(graph.sum(waves, 1), amplitude)
        if not gradient:
            return Field(value, None)
        slopes = graph.node("Sub", graph.multiply(of_sines, cosines), graph.multiply(of_cosines, sines))
        return Field(value, graph.node("MatMul", slopes, amplitude * frequencies))

    return field
