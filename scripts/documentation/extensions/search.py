"""What the search finds: declarations of C and C++, without the parameters of their functions."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx.application import Sphinx
from sphinx.domains.c import CDomain
from sphinx.domains.cpp import CPPDomain

_Found = tuple[str, str, str, str, str, int]
_PARAMETERS = ("functionParam", "templateParam", "templateTypeParam", "templateNonTypeParam")


class Declarations(CDomain):
    """Declarations of C."""

    def get_objects(self) -> Iterator[_Found]:
        """Return what has a name of its own."""
        return (found for found in super().get_objects() if found[2] not in _PARAMETERS)


class CPPDeclarations(CPPDomain):
    """Declarations of C++."""

    def get_objects(self) -> Iterator[_Found]:
        """Return what has a name of its own."""
        return (found for found in super().get_objects() if found[2] not in _PARAMETERS)


def setup(app: Sphinx) -> dict[str, bool]:
    """Use these domains in place of Sphinx's."""
    app.setup_extension("sphinx.domains.c")
    app.setup_extension("sphinx.domains.cpp")
    app.add_domain(Declarations, override=True)
    app.add_domain(CPPDeclarations, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
