"""The C headers as they are read: what their comments name exists, and they are short enough."""

import re
import subprocess

import pytest

NAME = r"\b(?:jko|JKO)_\w*[A-Za-z0-9]\b(?!\*|_)"


@pytest.fixture(scope="module")
def headers(root):
    """Return the headers' texts by name."""
    paths = [root / "include" / "jkonetstar.h", *(root / "include" / "jkonetstar").glob("*.h")]
    return {path.name: path.read_text() for path in paths}


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


@pytest.fixture(scope="module")
def declared(headers):
    """Return all names that the headers declare or define."""
    return {name for text in headers.values() for name in re.findall(NAME, without_comments(text))}


def test_comments_name_only_what_exists(headers, declared):
    assert len(declared) > 200
    for file, text in headers.items():
        comments = "\n".join(re.findall(r"/\*.*?\*/", text, flags=re.S))
        assert set(re.findall(NAME, comments)) <= declared, file
        for other in re.findall(r"\b([a-z_]+\.h)\b", comments):
            assert other in headers, (file, other)


#: Columns that jkonetstar.sc writes into AnnData objects, some of them named as types of the headers.
ANNOTATIONS = {"jko_potential", "jko_speed", "jko_velocity", "jko_next", "jko_growth", "jko_time", "jko_extrapolated"}
ANNOTATIONS |= {"jko_potential_std", "jko_velocity_std"}


def test_documents_name_only_what_exists(root, declared):
    documents = subprocess.run(["git", "ls-files", "*.md"], cwd=root, capture_output=True, text=True).stdout.split()
    assert "docs/conventions.md" in documents
    for document in documents:
        text = (root / document).read_text()
        # The functions of the R package have the same prefix.
        if document.startswith("bindings/r/"):
            text, in_r = "", text
        else:
            in_r = "".join(re.findall(r"```r\n(.*?)```", text, flags=re.S))
            text = text.replace(in_r, "") if in_r else text
        assert set(re.findall(NAME, text)) - ANNOTATIONS <= declared, document
        assert set(re.findall(NAME, in_r)) <= declared | r_names(root), document


def r_names(root):
    """Return what the R package exports, and its manual pages and classes of conditions."""
    package = root / "bindings" / "r"
    pages = {page.stem for page in (package / "man").glob("*.Rd")}
    texts = [(package / "NAMESPACE").read_text(), (package / "R" / "conditions.R").read_text()]
    return pages.union(*(re.findall(NAME, text) for text in texts))


def test_headers_are_short(headers):
    for file, text in headers.items():
        lines = text.splitlines()
        assert len(lines) <= 250 and max(map(len, lines)) <= 120, file


def test_each_callback_has_user_data_of_its_name(headers):
    for file, text in headers.items():
        code = without_comments(text)
        for struct in re.findall(r"typedef struct \w+ \{(.*?)\}", code, flags=re.S):
            callbacks = re.findall(r"\bjko_\w+_callback (\w+);", struct)
            assert [f"{name}_user_data" for name in callbacks] == re.findall(r"void \*(\w+_user_data);", struct), file
            assert not re.search(r"\buser_data\b", struct), file


def test_names_are_british(headers):
    code = "\n".join(map(without_comments, headers.values()))
    words = {word.lower() for name in re.findall(r"[A-Za-z_]\w*", code) for word in name.split("_")} - {"size"}
    assert {"barycentres", "centres", "parametrisation", "regularisation"} <= words
    assert not {word for word in words if re.search(r"center|[iy]z(e|er|ed|ing|ation)$|color|neighbor|behavior", word)}
