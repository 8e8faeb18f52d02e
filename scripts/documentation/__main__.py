"""Make the documentation site: gather its sources, have Sphinx make HTML of them, check every link of the result."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import doxygen, gathering, html_links, r_manual, source_links, swift_symbols

_ROOT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str], root: Path = _ROOT) -> int:
    """Return the exit status: 1 where Sphinx warns or a link leads nowhere."""
    parser = argparse.ArgumentParser(prog="documentation", description=__doc__)
    parser.add_argument("--output", type=Path, default=root / "out" / "site", help="the folder of the HTML")
    parser.add_argument("--work", type=Path, default=root / "out" / "site-sources", help="what is made on the way")
    parser.add_argument("--modules", type=Path, default=root / ".build" / "release" / "Modules", help="Swift modules")
    options = parser.parse_args(arguments)
    shutil.rmtree(options.work, ignore_errors=True)
    shutil.rmtree(options.output, ignore_errors=True)
    sources = options.work / "pages"
    gathering.gather(root, sources)
    doxygen.read(root / "include", options.work / "doxygen" / "c", doxygen.C)
    if (cpp := root / "bindings" / "cpp").is_dir():
        doxygen.read(cpp, options.work / "doxygen" / "cpp", doxygen.CPP)
    _add_swift(root, options.modules, options.work, sources)
    _add_r(root, options.work, sources)
    gathering.complete_contents(sources)
    if not _sphinx(root, sources, options.work, options.output):
        return 1
    found = source_links.faults(root) + html_links.faults(options.output)
    print("\n".join(found) if found else f"{options.output}/index.html, all links lead somewhere")
    return 1 if found else 0


def _add_swift(root: Path, modules: Path, work: Path, sources: Path) -> None:
    graph = swift_symbols.extract(root, modules, work / "swift")
    if graph is None:
        print("left out: the reference of the Swift product, because its module is not built ('make build')")
        return
    landing = root / "Sources" / "JKOnetStar" / "JKOnetStar.docc" / "JKOnetStar.md"
    symbols = swift_symbols.read(graph)
    for page, text in swift_symbols.pages(symbols, landing.read_text(encoding="utf-8")):
        gathering.write(sources / page, text)


def _add_r(root: Path, work: Path, sources: Path) -> None:
    manual = root / "bindings" / "r" / "man"
    if not any(manual.glob("*.Rd")):
        return
    files = r_manual.convert(manual, work / "r")
    if files is None:
        print("left out: the reference of the R package, because R is missing")
        return
    for page, text in r_manual.pages(files):
        gathering.write(sources / page, text)


def _sphinx(root: Path, sources: Path, work: Path, output: Path) -> bool:
    """Return whether Sphinx made the site without a warning."""
    environment = {**os.environ, "PYTHONHASHSEED": "0", "JKONETSTAR_ROOT": str(root), "JKONETSTAR_WORK": str(work)}
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going", "-n", "-j", "auto"]
    command += ["-d", str(work / "doctrees"), str(sources), str(output)]
    return subprocess.run(command, env=environment, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
