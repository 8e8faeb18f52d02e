"""What the C headers declare, free of C's syntax: this is all that the writer for a language needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar, Union


@dataclass(frozen=True)
class Scalar:
    """A type of the C language or of `<stdint.h>`; `void` and `char` occur as results and behind pointers only."""

    name: str


@dataclass(frozen=True)
class Named:
    """A type that the headers declare, by its C name."""

    kind: Literal["enum", "handle", "struct", "callback"]
    name: str


@dataclass(frozen=True)
class Pointer:
    """A pointer; `constant` says that what it points to is not written."""

    target: Type
    constant: bool


@dataclass(frozen=True)
class FixedArray:
    """An array inside a struct."""

    element: Type
    length: int


Type = Union[Scalar, Named, Pointer, FixedArray]


@dataclass(frozen=True)
class Variable:
    """A member of a struct or a parameter of a function."""

    name: str
    type: Type


@dataclass(frozen=True)
class Declared:
    """What all declarations have: the header's file name, the C name, the first sentence of the doc comment."""

    header: str
    name: str
    summary: str


@dataclass(frozen=True)
class Constant(Declared):
    """A macro that is a number."""

    value: int | float


@dataclass(frozen=True)
class Enum(Declared):
    """A 32-bit integer type, with its values by their C names."""

    values: dict[str, int]

    @property
    def short_values(self) -> dict[str, int]:
        """The values by short names: `{"exact": 0}` for `JKO_PLAN_EXACT` of `jko_plan_method`.

        Left out are the leading words that all values share with the type's own name.
        """
        words = self.name.upper().split("_")
        prefixes = ("_".join(words[:count]) + "_" for count in range(len(words), 0, -1))
        prefix = next(prefix for prefix in prefixes if all(name.startswith(prefix) for name in self.values))
        return {name[len(prefix) :].lower(): value for name, value in self.values.items()}


@dataclass(frozen=True)
class Handle(Declared):
    """A struct known to the library only."""


@dataclass(frozen=True)
class Struct(Declared):
    """A struct that both sides read and write."""

    members: tuple[Variable, ...]


@dataclass(frozen=True)
class Callback(Declared):
    """A pointer to a function of the host's."""

    result: Type
    parameters: tuple[Variable, ...]


@dataclass(frozen=True)
class Function(Declared):
    """A function of the library's; `returned` is what its comment says of what it returns."""

    result: Type
    parameters: tuple[Variable, ...]
    returned: str


Kind = TypeVar("Kind", bound=Declared)


@dataclass(frozen=True)
class Declarations:
    """Everything that the headers declare, in their order: whatever a declaration uses comes before it."""

    all: tuple[Declared, ...]

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Return those of one kind."""
        return [declared for declared in self.all if isinstance(declared, kind)]
