"""How Sphinx makes the site from the sources that `python -m documentation` gathered."""

import os
import re
import sys
from pathlib import Path

ROOT = Path(os.environ["JKONETSTAR_ROOT"])
WORK = Path(os.environ["JKONETSTAR_WORK"])
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "bindings" / "python")]

project = "libjkonetstar"
author = "The libjkonetstar authors"
copyright = author
release = re.search(
    r'^__version__ = "(.*)"', (ROOT / "bindings/python/jkonetstar/__init__.py").read_text(encoding="utf-8"), re.M
)[1]
version = release
language = "en"

extensions = [
    "breathe",
    "documentation.extensions.docstrings",
    "documentation.extensions.glossary",
    "documentation.extensions.formulas",
    "documentation.extensions.names",
    "documentation.extensions.search",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
]

# Pygments does not know strings inside the expressions of Swift's strings.
suppress_warnings = ["misc.highlighting_failure"]

# Markdown, with the anchors that code hosts give headings.
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
myst_heading_slug_func = "documentation.markdown.slug"

# Python: signatures without types, which the parameters' descriptions have.
autosummary_generate = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
# What stands between single backquotes is a name of the package, or a parameter, which is shown as code.
default_role = "py:obj"

# C and C++, as Doxygen read them.
breathe_projects = {name: str(WORK / "doxygen" / name / "xml") for name in ("c", "cpp")}
breathe_default_project = "c"
breathe_domain_by_extension = {"h": "c"}
breathe_show_include = False

highlight_language = "none"
pygments_style = "default"
toc_object_entries_show_parents = "hide"
add_module_names = False

nitpick_ignore_regex = [
    # Parameters between single backquotes.
    ("py:obj", ".*"),
    # Types of the C library.
    ("c:identifier", r"(u?int\d+|size)_t"),
    # Types of the C++ library, of C and of templates.
    ("cpp:identifier", ".*"),
]

html_theme = "pydata_sphinx_theme"
html_title = "libjkonetstar"
html_math_renderer = "formulas"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_theme_options = {
    "logo": {"text": "libjkonetstar"},
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "navigation_depth": 3,
    "show_toc_level": 1,
    "collapse_navigation": True,
    "navbar_end": ["theme-switcher"],
    "footer_start": ["version.html"],
    "footer_center": [],
    "footer_end": [],
    "show_prev_next": True,
    "use_edit_page_button": False,
}
html_sidebars = {"index": [], "results/index": []}
templates_path = ["_templates"]
