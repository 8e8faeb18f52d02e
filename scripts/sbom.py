"""Write what is inside the library as a CycloneDX document.

    scripts/sbom.py LIBRARY >sbom.cdx.json

The same library gives the same document, so it has no time and no serial number. Versions are those of the packages
that the library was linked with, on the machine that this runs on. docs/dependencies.md has the same, in words.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
#: Static libraries of Debian that are linked in, with the licences of what they hold.
LINKED = {
    "zlib": ("zlib1g-dev", "Zlib", "https://zlib.net", "inflates files, computes checksums"),
    "OpenBLAS": (
        "libopenblas-serial-dev",
        "BSD-3-Clause AND BSD-2-Clause-Views AND BSD-3-Clause-Open-MPI",
        "https://www.openblas.net",
        "linear algebra, with LAPACK",
    ),
}


def output(*command: str) -> str:
    """Return what a program prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def debian(name: str) -> tuple[str, str]:
    """Return the version of an installed package of Debian, and what names it among all packages."""
    version, architecture = output("dpkg-query", "--show", "--showformat=${Version} ${Architecture}", name).split()
    system = dict(re.findall(r'^(\w+)="?([^"\n]*)', Path("/etc/os-release").read_text(), re.M))
    distribution = f"{system['ID']}-{system.get('VERSION_ID', '')}"
    return version, f"pkg:deb/{system['ID']}/{name}@{version}?arch={architecture}&distro={distribution}"


def licence(expression: str) -> list[dict[str, str]]:
    """Return an SPDX expression as the document has it."""
    return [{"expression": expression}]


def components() -> list[dict[str, Any]]:
    """Return what is linked into the library beside the project's own code."""
    found = []
    for name, (package, terms, home, reason) in LINKED.items():
        version, url = debian(package)
        found.append(
            {
                "type": "library",
                "bom-ref": url,
                "name": name,
                "version": version,
                "description": reason,
                "licenses": licence(terms),
                "purl": url,
                "externalReferences": [{"type": "website", "url": home}],
            }
        )
    version = re.search(r"Swift version ([0-9.]+)", output("swift", "--version")).group(1)
    url = f"pkg:github/swiftlang/swift@swift-{version}-RELEASE"
    found.append(
        {
            "type": "library",
            "bom-ref": url,
            "name": "Swift standard library",
            "version": version,
            "description": "the language's runtime",
            "licenses": licence("Apache-2.0 WITH Swift-exception"),
            "purl": url,
            "externalReferences": [{"type": "website", "url": "https://www.swift.org"}],
        }
    )
    return sorted(found, key=lambda part: part["name"].lower())


def document(library: Path) -> dict[str, Any]:
    """Return the document of a library."""
    text = (ROOT / "bindings/python/jkonetstar/__init__.py").read_text(encoding="utf-8")
    version = re.search(r'^__version__ = "(.*)"', text, re.M).group(1)
    parts = components()
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "library",
                "bom-ref": "jkonetstar",
                "name": "jkonetstar",
                "version": version,
                "licenses": licence("MIT"),
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(library.read_bytes()).hexdigest()}],
            }
        },
        "components": parts,
        "dependencies": [{"ref": "jkonetstar", "dependsOn": [part["bom-ref"] for part in parts]}],
    }


if __name__ == "__main__":
    json.dump(document(Path(sys.argv[1])), sys.stdout, indent=2)
    print()
