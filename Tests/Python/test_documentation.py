"""The documents and the sources of the site: links lead somewhere, and the references are complete."""

import json
import re
import subprocess

import jkonetstar as jk
import pytest

from documentation import (
    c_headers,
    examples,
    gathering,
    html_links,
    markdown,
    places,
    r_manual,
    source_links,
    swift_symbols,
)


def test_links_of_documents_lead_somewhere(root):
    pages = [path for path in source_links.tracked(root) if path.endswith(".md")]
    assert sum(len(list(markdown.links((root / page).read_text(encoding="utf-8")))) for page in pages) > 150
    assert source_links.faults(root) == []


@pytest.fixture
def repository(tmp_path):
    """Return a folder that git knows, with a page and a file."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "page.md").write_text("# A page\n\n## Its `part`: two words\n\n## Twice\n\n## Twice\n")
    (tmp_path / "code.c").write_text("int x;\n")
    return tmp_path


@pytest.mark.parametrize(
    "target",
    [
        "docs/page.md",
        "docs/page.md#its-part-two-words",
        "docs/page.md#twice-1",
        "docs",
        "code.c",
        "#here",
        "https://arxiv.org/abs/2406.12616",
        "mailto:someone@example.org",
    ],
)
def test_a_good_link(repository, target):
    (repository / "README.md").write_text(f"# Here\n\nSee [this]({target}).\n")
    assert source_links.faults(repository) == []


@pytest.mark.parametrize(
    "target",
    [
        "page.md",
        "docs/page.md#part",
        "docs/page.md#twice-2",
        "../README.md",
        "code.c#here",
        "#there",
        "http://arxiv.org/abs/2406.12616",
        "https://nowhere/page",
        "https:///page",
        "mailto:someone",
    ],
)
def test_a_bad_link(repository, target):
    (repository / "README.md").write_text(f"# Here\n\nSee `[code](is-none.md)` and [this]({target}).\n")
    (fault,) = source_links.faults(repository)
    assert fault.startswith(f"README.md:3: {target} ")


def test_code_holds_no_links(repository):
    (repository / "README.md").write_text("# x\n\n```c\na[0](b);\n```\n\n`x[1](y)` and ``a ` [b](c)``\n")
    assert source_links.faults(repository) == []


def site(folder, body):
    """Write a site of two pages."""
    (folder / "part").mkdir()
    (folder / "part" / "other.html").write_text('<h1 id="top">x</h1><img src="../picture.png">')
    (folder / "picture.png").write_bytes(b"x")
    (folder / "index.html").write_text(body)
    return folder


GOOD = '<a href="part/other.html#top">x</a><a href="#here" id="here">y</a><a href="part/other.html?q=1">z</a>'


def test_good_links_of_the_site(tmp_path):
    assert html_links.faults(site(tmp_path, GOOD + '<a href="https://arxiv.org">w</a>')) == []


@pytest.mark.parametrize(
    "element",
    [
        '<a href="other.html">x</a>',
        '<a href="part/other.html#bottom">x</a>',
        '<img src="lost.png">',
        '<script src="https://example.org/script.js"></script>',
        '<link rel="stylesheet" href="//example.org/style.css">',
        '<a href="http://example.org">x</a>',
    ],
)
def test_bad_links_of_the_site(tmp_path, element):
    assert len(html_links.faults(site(tmp_path, GOOD + element))) >= 1


def listed(root, page):
    """Return the names that a page of the Python reference lists."""
    text = (root / "docs" / "site" / "reference" / "python" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^\.\. autosummary::\n   :toctree: \.\n\n((?:   \w+\n)+)", text, re.M)
    return [name for block in blocks for name in block.split()]


def test_the_python_reference_is_complete(root):
    names = listed(root, "index.rst") + listed(root, "errors.rst")
    # `functionals` is a mapping, which the page of `Functional` explains; the others are modules.
    assert sorted([*names, "functionals", "plot", "sc"]) == sorted(jk.__all__)
    assert sorted(listed(root, "plot.rst")) == sorted(jk.plot.__all__)
    source = (root / "bindings/python/jkonetstar/sc/__init__.py").read_text(encoding="utf-8")
    assert sorted(listed(root, "sc.rst")) == sorted(re.findall(r'^    "(\w+)",$', source, re.M))


def test_the_c_reference_is_complete(root):
    exported = set(re.findall(r"\bjko_\w+(?=;)", (root / "Sources/ABI/exports.map").read_text(encoding="utf-8")))
    texts = [path.read_text(encoding="utf-8") for path in (root / "include/jkonetstar").glob("*.h")]
    found = [(kind, name) for text in texts for kind, name in c_headers.declared(text)]
    names = [name for _, name in found]
    assert len(names) == len(set(names)) > 200
    functions = {name for kind, name in found if kind == "function"}
    assert functions - exported == {f"jko_{order}_major{kind}" for order in ("row", "column") for kind in ("", "_f32")}
    assert exported - functions == set()
    used = {name for text in texts for name in re.findall(r"\bJKO_\w+", c_headers.without_comments(text))}
    assert {name for name in used if not name.endswith("_H")} - set(names) == {
        "JKO_WRAPS_POINTER",
        "JKO_DEPRECATED",
        "JKO_NO_DEPRECATION",
    }


def test_every_header_says_what_it_is_for(root):
    for path in (root / "include/jkonetstar").glob("*.h"):
        assert 20 < len(c_headers.brief(path.read_text(encoding="utf-8"))) < 200, path


def test_every_example_says_what_it_shows(root):
    programs = [path for path in source_links.tracked(root) if places.example_page(path)]
    assert len(programs) > 12
    for path in programs:
        program = examples.read(root, path)
        assert len(program.summary) > 20 and program.code in (root / path).read_text(encoding="utf-8"), path


def test_the_version_that_is_cited_is_this_one(root):
    text = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.*)$", text, re.M) == [jk.__version__]


def test_hosted_runs_do_what_local_ones_do(root):
    workflow = (root / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    assert "run: bash .ci/run\n" in workflow
    assert re.findall(r"container: swift:([\d.]+)-", workflow) == re.findall(
        r"\[Swift ([\d.]+) toolchain\]", (root / "README.md").read_text(encoding="utf-8")
    )


def test_documents_become_pages_of_the_site():
    titles = {"docs/guide.md": "Guide", "docs/results.md": "Measured"}
    text = (
        "[docs/guide.md](docs/guide.md#part) and [what was measured](docs/results.md), ![a picture](docs/first.png)\n"
        "[header](include/jkonetstar/plan.h), [source](Sources/ABI/PlanAPI.swift), `[code](docs/guide.md)`\n"
    )
    assert gathering.document("README.md", text, titles) == (
        "[Guide](guide/guide.md#part) and [what was measured](results/index.md), ![a picture](pictures/first.png)\n"
        "[header](reference/c/plan.rst), source, `[code](docs/guide.md)`\n"
    )
    assert gathering.document("docs/design.md", "[x](../README.md) [y](#here)", {}) == "[x](../index.md) [y](#here)"


def test_lists_of_contents_have_the_pages_that_are_there(tmp_path):
    for page in ("index.md", "guide.md", "new.md", "other/index.md"):
        gathering.write(tmp_path / "guide" / page, "# x\n")
    lines = ["```{toctree}", "guide", "other/index", "C++ </reference/cpp/index>", "*", "```"]
    gathering.write(tmp_path / "guide" / "index.md", "\n".join(lines))
    gathering.complete_contents(tmp_path)
    kept = (tmp_path / "guide" / "index.md").read_text(encoding="utf-8").splitlines()
    assert kept == ["```{toctree}", "guide", "other/index", "new", "```"]


def symbol(path, kind, declaration, *comment):
    """Return a declaration as the compiler's symbol graph has it."""
    return {
        "pathComponents": path,
        "kind": {"identifier": f"swift.{kind}"},
        "declarationFragments": [{"spelling": part} for part in re.findall(r"\w+|\W+", declaration)],
        "docComment": {"lines": [{"text": line} for line in comment]},
        "location": {"uri": "file:///Model.swift", "position": {"line": len(path)}},
    }


def test_pages_of_swift(tmp_path):
    graph = {
        "symbols": [
            symbol(
                ["Model", "save(to:)"], "method", "func save(to path: String)", "Writes it.", "", "- Throws: `.file`"
            ),
            symbol(["Model"], "struct", "struct Model", "An energy, see ``Energy``."),
            symbol(["distance(_:)"], "func", "func distance(_ x: Points)", "How far."),
        ]
    }
    (tmp_path / "graph.json").write_text(json.dumps(graph))
    landing = "# ``JKOnetStar``\n\nLearn.\n\n## Topics\n\n### Learning\n\n- ``Model``\n- ``distance(_:)``\n"
    pages = dict(swift_symbols.pages(swift_symbols.read(tmp_path / "graph.json"), landing))
    assert "| [`Model`](Model.md) | An energy, see ``Energy``. |" in pages["reference/swift/index.md"]
    assert "functions.md#swift-distance-_" in pages["reference/swift/index.md"]
    model = pages["reference/swift/Model.md"]
    assert "```swift\nfunc save(to path: String)\n```\n\nWrites it.\n\n- **Throws**: `.file`" in model
    assert "An energy, see `Energy`." in model


def test_pages_of_r(tmp_path):
    page = tmp_path / "jko_fit.html"
    page.write_text(
        "<body><div><h2>Learn an Energy</h2><h3>Usage</h3>"
        "<pre><code class='language-R'>jko_fit(x &lt;- 1)\n</code></pre>"
        '<h3>See Also</h3><p><a href="jko_emd.html">jko_emd</a>, <a href="../../stats/html/lm.html">lm</a></p>'
        "<hr /><div>[Package]</div></div></body>"
    )
    (tmp_path / "jko_emd.html").write_text("<body><h2>How Far</h2></body>")
    pages = dict(r_manual.pages(sorted(tmp_path.glob("*.html"))))
    assert "| [jko_fit](jko_fit.md) | Learn an Energy |" in pages["reference/r/index.md"]
    assert pages["reference/r/jko_fit.md"] == (
        "# jko_fit\n\nLearn an Energy.\n\n## Usage\n\n```r\njko_fit(x <- 1)\n```\n\n## See Also\n\n"
        '```{raw} html\n<p><a href="jko_emd.html">jko_emd</a>, lm</p>\n```\n'
    )


@pytest.mark.parametrize("rule", ['@import "https://example.org/a.css";', "p { background: url(//example.org/a.png) }"])
def test_styles_load_nothing_from_elsewhere(tmp_path, rule):
    folder = site(tmp_path, GOOD)
    (folder / "style.css").write_text("p { background: url('picture.png') }")
    assert html_links.faults(folder) == []
    (folder / "style.css").write_text(rule)
    (fault,) = html_links.faults(folder)
    assert fault.startswith("style.css: ") and "example.org" in fault
