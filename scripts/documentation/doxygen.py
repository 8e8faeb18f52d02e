"""What Doxygen reads of the comments of C and C++ headers, as XML for Breathe."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

_SETTINGS = {
    "RECURSIVE": "YES",
    "FULL_PATH_NAMES": "YES",
    "GENERATE_XML": "YES",
    "GENERATE_HTML": "NO",
    "GENERATE_LATEX": "NO",
    "XML_PROGRAMLISTING": "NO",
    "MACRO_EXPANSION": "YES",
    "EXPAND_ONLY_PREDEF": "YES",
    "EXTRACT_STATIC": "YES",
    "QUIET": "YES",
    "WARN_IF_INCOMPLETE_DOC": "NO",
}
#: A name that does not exist, or a parameter that a function does not have, is an error.
C = {"OPTIMIZE_OUTPUT_FOR_C": "YES", "PREDEFINED": "JKO_WRAPS_POINTER=", "WARN_AS_ERROR": "FAIL_ON_WARNINGS"}
#: Headers of C++ refer to names of C, which are not among what is read here. Exceptions are named in sentences, which
#: Doxygen would take for a list of names. The setters of options are said once, on the page of all headers.
CPP = {
    "PREDEFINED": '"JKONETSTAR_OPTION(Self,Type,name,...)=Type name = __VA_ARGS__" JKONETSTAR_SHARED=',
    "INPUT_FILTER": "\"sed 's/@throws /@raises /'\"",
    "ALIASES": '"raises=@par Throws^^"',
    "EXCLUDE_SYMBOLS": "*detail*",
    "FILE_PATTERNS": "*.hpp",
    "WARNINGS": "NO",
    "WARN_IF_UNDOCUMENTED": "NO",
    "WARN_IF_DOC_ERROR": "NO",
}


def read(headers: Path, folder: Path, settings: dict[str, str]) -> None:
    """Read the headers of a folder."""
    folder.mkdir(parents=True)
    places = {"INPUT": headers, "STRIP_FROM_PATH": headers, "OUTPUT_DIRECTORY": folder}
    text = "\n".join(f"{name} = {value}" for name, value in {**_SETTINGS, **settings, **places}.items())
    subprocess.run(["doxygen", "-"], input=text, text=True, check=True)
    for file in sorted((folder / "xml").glob("*.xml")):
        # Parameters that are described together would be taken for a type and a name; names hold no links.
        xml = re.sub(r"</parametername>\s*<parametername>", ",", file.read_text(encoding="utf-8"))
        xml = re.sub(r"<parametername>.*?</parametername>", _without_links, xml)
        # Every header opens the same namespace, which is no declaration of its own.
        xml = re.sub(r"<innernamespace.*?</innernamespace>", "", xml)
        file.write_text(xml, encoding="utf-8")


def _without_links(name: re.Match[str]) -> str:
    return re.sub(r"</?ref\b[^>]*>", "", name[0])
