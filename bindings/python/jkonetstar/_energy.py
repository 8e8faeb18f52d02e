"""The owner of one learned energy on the C side: its handle, its description, its bytes."""

from __future__ import annotations

import json
import os
import tempfile
from ctypes import POINTER, byref, c_double, c_size_t, create_string_buffer, sizeof
from os import PathLike
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from . import _abi, _arrays
from ._asked_times import asked_time, asked_times
from ._coordinates import Coordinates
from ._errors import InputError
from ._handles import go_with
from ._heeded import evaluated, heeded
from ._library import address, check, lib
from ._time_labels import TimeLabels
from .report import FitReport
from .snapshots import Snapshots


class Description(TypedDict):
    """What `jko_model_describe_json` says of a fitted model."""

    fitted: bool
    model: dict[str, object]
    fit: dict[str, object]
    dimension: int
    parameters: int
    times: list[float]
    length_scale: float
    time_scale: float
    coordinates: list[str]
    growth: bool
    losses: int
    final_loss: float


class Energy:
    """Owns a `jko_model`, so that evaluations under way stay valid while another fit replaces it."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle
        #: What the fit that made it says of it; None for an energy that was not fitted here.
        self.report: FitReport | None = None
        #: The names of the coordinates that it was fitted to.
        self.names: tuple[str, ...] | None = None
        #: What it was fitted to, for `score`; neither files nor pickles hold it.
        self.series: Snapshots | None = None
        #: How the times that it was fitted to were written; files do not hold it.
        self.time_labels: TimeLabels | None = None
        go_with(self, handle, "jko_model_destroy")

    @property
    def info(self) -> _abi.ModelInfo:
        info = _abi.ModelInfo(struct_size=sizeof(_abi.ModelInfo))
        check(lib.jko_model_describe(self.handle, byref(info)))
        return info

    @property
    def coordinates(self) -> Coordinates:
        return Coordinates(int(self.info.dimension), self.names)

    def observed(self, X: Any, time: Any, weights: Any) -> Snapshots:
        """Return a series, if it has these coordinates, whose labels of times mean what they meant in the fit."""
        return self.coordinates.series(X, time, weights, self.time_labels)

    def description(self) -> Description:
        said: Description = json.loads(self.text(lib.jko_model_describe_json))
        return said

    def text(self, function: Any) -> str:
        """Return a text of any length."""
        length, buffer = c_size_t(), create_string_buffer(1 << 16)
        heeded(function, self.handle, buffer, len(buffer), byref(length))
        if length.value >= len(buffer):
            buffer = create_string_buffer(length.value + 1)
            heeded(function, self.handle, buffer, len(buffer), byref(length))
        return buffer.value.decode()

    def differences(self, options: _abi.ModelOptions) -> list[str]:
        """Return the names of the options in which another model would differ from this one."""
        handle = POINTER(_abi.Model)()
        check(lib.jko_model_create(byref(options), byref(handle)))
        other, own = Energy(handle).description()["model"], self.description()["model"]
        return [name for name in {**own, **other} if own.get(name) != other.get(name)]

    def time(self, t: Any) -> Any:
        """Return one time as the library takes it: only models that vary in time have one."""
        if t is None and self.info.time_varying:
            raise InputError("t is missing: V varies in time here; time_varying=False fits one that does not")
        # A time that is not used is checked all the same: it may be a mistake.
        one = None if t is None else asked_time(t, "t", self.time_labels)
        return _arrays.view(np.array([one])) if self.info.time_varying else None

    def rollout_times(self, t0: Any, steps: Any) -> NDArray[np.float64]:
        count = _arrays.integer(steps, "steps", 0, 2**31 - 1)
        start = np.nan if t0 is None else asked_time(t0, "t0", self.time_labels)
        if t0 is not None and start != start:
            raise InputError("t0 is not a number", "JKO_ENONFINITE")
        times = _arrays.output(count + 1)
        evaluated(count, lib.jko_model_rollout_times, self.handle, start, count, _arrays.view(times))
        return times

    def times(self, t: Any, count: int) -> Any:
        """Return the times of points as the library takes them: one for all, one each, or none if nothing varies."""
        varying = self.info.time_varying
        if t is None and varying:
            raise InputError("t is missing: V varies in time here; time_varying=False fits one that does not")
        # A time that is not used is checked all the same: it may be a mistake.
        if t is None or np.ndim(t) == 0:
            times = np.array(0.0 if t is None else asked_time(t, "t", self.time_labels))
        else:
            times = asked_times(t, "t", self.time_labels)
            if len(times) != count:
                given, needed = _arrays.plural(len(times), "time"), _arrays.plural(count, "point")
                raise InputError(f"t has {given} for {needed}", "JKO_ESHAPE")
        return _arrays.view(times.reshape(-1)) if varying else None

    @property
    def address(self) -> int:
        """The handle as a number, for other programs in this process."""
        return address(self.handle)

    def number(self, function: Any) -> float:
        """Return a number that a C function says of this energy."""
        value = c_double()
        check(function(self.handle, byref(value)))
        return value.value

    def array(self, function: Any, *shape: int) -> NDArray[np.float64]:
        """Return an array that a C function says of this energy."""
        out = _arrays.output(*shape)
        check(function(self.handle, _arrays.view(out)))
        return out

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Energy:
        handle = POINTER(_abi.Model)()
        check(lib.jko_model_load(_arrays.path(path), byref(handle)), path)
        energy = cls(handle)
        energy.names = tuple(energy.description()["coordinates"]) or None
        return energy

    def to_bytes(self) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.safetensors")
            check(lib.jko_model_save(self.handle, _arrays.path(path)))
            with open(path, "rb") as file:
                return file.read()

    @classmethod
    def from_bytes(
        cls,
        content: bytes,
        report: FitReport | None = None,
        names: tuple[str, ...] | None = None,
        time_labels: TimeLabels | None = None,
    ) -> Energy:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.safetensors")
            with open(path, "wb") as file:
                file.write(content)
            energy = cls.load(path)
        energy.report, energy.names, energy.time_labels = report, names, time_labels
        return energy

    def __reduce__(self) -> tuple[Any, ...]:
        return Energy.from_bytes, (self.to_bytes(), self.report, self.names, self.time_labels)
