"""Monomials, their sines and cosines, and the gradients of these, as nodes of ONNX."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._onnx_graph import Graph
from ._onnx_network import Field


class Monomials:
    """Monomials z_1^{e_1} .. z_d^{e_d}, among which are all that divide them but 1, as model files promise."""

    def __init__(self, graph: Graph, z: str, exponents: NDArray[np.int64]) -> None:
        self._graph = graph
        self.count, self._dimension = exponents.shape
        places = {tuple(row): place for place, row in enumerate(exponents.tolist())}
        one = (0,) * self._dimension
        #: Of every monomial and every coordinate in it: the exponent, and the monomial of which that is one less.
        self._factors: list[tuple[int, int, int, int]] = []
        for row, place in places.items():
            for coordinate in np.flatnonzero(row).tolist():
                lowered = tuple(power - (k == coordinate) for k, power in enumerate(row))
                # The constant 1 follows the monomials.
                divisor = self.count if lowered == one else places[lowered]
                self._factors.append((place, coordinate, row[coordinate], divisor))
        self._values, self._with_one = self._evaluated(z, exponents.sum(axis=1))

    def _evaluated(self, z: str, degrees: NDArray[np.int64]) -> tuple[str, str]:
        """Return the monomials, and the monomials with 1 behind them.

        Those of each degree are the products of monomials of one degree less with a coordinate.
        """
        graph = self._graph
        divisor = {place: (lower, coordinate) for place, coordinate, _, lower in self._factors}
        one = graph.add(graph.multiply(graph.columns(z, np.array([0])), 0.0), 1.0)
        known, where = one, {self.count: 0}
        for degree in range(1, int(degrees.max()) + 1):
            own = np.flatnonzero(degrees == degree).tolist()
            lower = graph.columns(known, np.array([where[divisor[place][0]] for place in own]))
            by = graph.columns(z, np.array([divisor[place][1] for place in own]))
            where.update({place: len(where) + index for index, place in enumerate(own)})
            known = graph.node("Concat", known, graph.multiply(lower, by), axis=1)
        order = np.array([where[place] for place in range(self.count + 1)])
        return graph.columns(known, order[:-1]), graph.columns(known, order)

    def field(self, weights: str, gradient: bool) -> Field:
        """Return a combination of the monomials."""
        value = self._graph.sum(self._graph.multiply(weights, self._values), 1)
        return Field(value, self._slope(weights) if gradient else None)

    def trigonometric_field(self, weights: str, gradient: bool) -> Field:
        """Return a combination of the sines of the monomials and, behind them, the cosines."""
        graph = self._graph
        sines, cosines = graph.node("Sin", self._values), graph.cosine(self._values)
        of_sines, of_cosines = (graph.columns(weights, np.arange(self.count) + shift) for shift in (0, self.count))
        waves = graph.add(graph.multiply(of_sines, sines), graph.multiply(of_cosines, cosines))
        value = graph.sum(waves, 1)
        if not gradient:
            return Field(value, None)
        # By the chain rule this is the gradient of a combination of the monomials, with these weights.
        slopes = graph.node("Sub", graph.multiply(of_sines, cosines), graph.multiply(of_cosines, sines))
        return Field(value, self._slope(slopes))

    def _slope(self, weights: str) -> str:
        """Return sum_f weights_f grad m_f, where dm_f/dz_k is e_k times the monomial with an exponent e_k less 1."""
        graph = self._graph
        monomials, coordinates, powers, divisors = np.array(self._factors).T
        into = np.zeros((len(powers), self._dimension))
        into[np.arange(len(powers)), coordinates] = powers
        terms = graph.multiply(graph.columns(weights, monomials), graph.columns(self._with_one, divisors))
        return graph.node("MatMul", terms, into)
