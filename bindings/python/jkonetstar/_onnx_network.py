"""A network, and its gradient by backpropagation, as nodes of ONNX."""

from __future__ import annotations

from typing import NamedTuple

from ._onnx_graph import Graph
from ._tensors import Tensor


class Field(NamedTuple):
    """A function of n points with, where it was asked for, its gradient: tensors of shape (n, 1) and (n, d)."""

    value: str
    gradient: str | None


def network(
    graph: Graph, z: str, s: str | None, named: dict[str, Tensor], prefix: str, activation: str, gradient: bool
) -> Field:
    """Add V = w . h_L + b with h_l = activation(W_l h_{l-1} + b_l), of coordinates and, if it varies, time."""
    layers = 0
    hidden, slopes, weights = z if s is None else graph.node("Concat", z, s, axis=1), [], []
    while f"{prefix}layers.{layers}.weight" in named:
        weight, bias = (named[f"{prefix}layers.{layers}.{part}"] for part in ("weight", "bias"))
        # The weights are (outputs, inputs). The operator Gemm would do both steps, but ONNX Runtime 1.17 fuses it with
        # the tanh behind it, and cannot run what comes out in double precision.
        a = graph.add(graph.node("MatMul", hidden, weight.T), bias)
        hidden, slope = _activated(graph, a, activation, gradient)
        slopes.append(slope)
        weights.append(weight)
        layers += 1
    output = named[f"{prefix}output.weight"]
    value = graph.add(graph.node("MatMul", hidden, output[:, None]), named[f"{prefix}output.bias"])
    if not gradient:
        return Field(value, None)
    # dV/dh_L = w, dV/dh_{l-1} = (dV/dh_l * activation'(..)) W_l, and of h_0 only the coordinates.
    coordinates = weights[0].shape[1] - (0 if s is None else 1)
    weights[0] = weights[0][:, :coordinates]
    adjoint = graph.multiply(slopes.pop(), output[None, :])
    while slopes:
        adjoint = graph.multiply(graph.node("MatMul", adjoint, weights.pop()), slopes.pop())
    return Field(value, graph.node("MatMul", adjoint, weights.pop()))


def _activated(graph: Graph, a: str, activation: str, slope: bool) -> tuple[str, str]:
    """Return activation(a), and activation'(a) where it is asked for."""
    if activation == "tanh":
        h = graph.node("Tanh", a)
        return h, graph.node("Sub", 1.0, graph.multiply(h, h)) if slope else ""
    if activation == "silu":
        sigmoid = graph.node("Sigmoid", a)
        h = graph.multiply(a, sigmoid)
        # (a sigma)' = sigma + a sigma (1 - sigma)
        return h, graph.add(sigmoid, graph.multiply(h, graph.node("Sub", 1.0, sigmoid))) if slope else ""
    if activation == "softplus":
        # ln(1 + e^a) = max(a, 0) + ln(1 + e^-|a|) cannot overflow. Not all runtimes have Softplus in double precision.
        rest = graph.node("Log", graph.add(graph.node("Exp", graph.node("Neg", graph.node("Abs", a))), 1.0))
        return graph.add(graph.node("Max", a, 0.0), rest), graph.node("Sigmoid", a) if slope else ""
    raise AssertionError(f"activation {activation!r} is not known")
