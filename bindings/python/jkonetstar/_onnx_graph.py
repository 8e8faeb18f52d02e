"""A graph of ONNX as it is written node by node."""

from __future__ import annotations

from typing import Any, Sequence, Union

import numpy as np
from numpy.typing import NDArray

from ._choices import DType

#: A tensor of the graph by its name, or a constant.
Value = Union[str, float, NDArray[Any]]

#: Operators as of 2020, which every later runtime has.
OPSET, IR_VERSION = 13, 7


def onnx() -> Any:
    """Return the package onnx, or say that it is needed."""
    try:
        import onnx
        import onnx.checker
        import onnx.numpy_helper
    except ImportError:
        raise ImportError("export_onnx needs the package onnx: pip install 'jkonetstar[onnx]'") from None
    return onnx


class Graph:
    """Nodes, constants, inputs and outputs, whose numbers are all of one type."""

    def __init__(self, dtype: DType) -> None:
        self._onnx = onnx()
        self._type = np.dtype(dtype)
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._names: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def input(self, name: str, shape: Sequence[Union[str, int]]) -> str:
        """Add an input."""
        self._inputs.append(self._described(name, shape))
        return name

    def output(self, value: str, name: str, shape: Sequence[Union[str, int]]) -> None:
        """Give a value out under a name."""
        self._nodes.append(self._onnx.helper.make_node("Identity", [value], [name]))
        self._outputs.append(self._described(name, shape))

    def node(self, operator: str, *inputs: Value, **attributes: int) -> str:
        """Add a node of one output, and return that."""
        name = f"{operator.lower()}_{len(self._nodes)}"
        self._nodes.append(self._onnx.helper.make_node(operator, [self._name(i) for i in inputs], [name], **attributes))
        return name

    def add(self, first: Value, *others: Value) -> str:
        """Return a sum."""
        return self._folded("Add", first, others)

    def multiply(self, first: Value, *others: Value) -> str:
        """Return a product."""
        return self._folded("Mul", first, others)

    def sum(self, value: str, axis: int) -> str:
        """Return sums along an axis, which becomes one of length 1."""
        return self.node("ReduceSum", value, np.array([axis]), keepdims=1)

    def columns(self, value: Value, indices: NDArray[np.int64]) -> str:
        """Return some columns of a matrix."""
        return self.node("Gather", value, indices, axis=1)

    def cosine(self, angle: str) -> str:
        """Return 1 - 2 sin(angle / 2)^2: ONNX Runtime 1.19 has no cosine in double precision."""
        half = self.node("Sin", self.multiply(angle, 0.5))
        return self.node("Sub", 1.0, self.multiply(half, half, 2.0))

    def difference(self, value: str, centre: NDArray[np.float64]) -> str:
        """Return a value less a constant, without rounding the constant to the graph's type.

        Data may lie far from 0. In single precision the constant has a part that is a number of that type and a rest,
        and the first difference is nearly exact.
        """
        near = centre.astype(self._type).astype(np.float64)
        rest = centre - near
        difference = self.node("Sub", value, near)
        return self.node("Sub", difference, rest) if np.any(rest) else difference

    def model(self, description: str, metadata: dict[str, str]) -> Any:
        """Return the model of the graph, which was checked."""
        helper = self._onnx.helper
        graph = helper.make_graph(self._nodes, "jkonetstar", self._inputs, self._outputs, self._constants)
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="jkonetstar",
            doc_string=description,
        )
        helper.set_model_props(model, metadata)
        self._onnx.checker.check_model(model, full_check=True)
        return model

    def _folded(self, operator: str, first: Value, others: tuple[Value, ...]) -> str:
        for other in others:
            first = self.node(operator, first, other)
        return self._name(first)

    def _described(self, name: str, shape: Sequence[Union[str, int]]) -> Any:
        helper = self._onnx.helper
        return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(self._type), list(shape))

    def _name(self, value: Value) -> str:
        """Return the name of a tensor, after adding it where it is a constant that was not there yet."""
        if isinstance(value, str):
            return value
        array = np.asarray(value)
        array = np.ascontiguousarray(array.astype(self._type if array.dtype.kind == "f" else np.int64))
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._names:
            self._names[key] = f"constant_{len(self._names)}"
            self._constants.append(self._onnx.numpy_helper.from_array(array, self._names[key]))
        return self._names[key]
