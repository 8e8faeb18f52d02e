"""The documentation site, made from the pages, headers, docstrings and examples of the repository.

`python -m documentation` (with `scripts` on PYTHONPATH) gathers the sources of the site in a folder (`gathering`), has
Sphinx make HTML of them, and checks every link of the documents (`source_links`) and of the result (`html_links`). The
Markdown pages are written to be read in the repository, too: `places` says which page of the site each of them is, and
`markdown` finds and rewrites their links. `c_headers`, `cpp_headers`, `swift_symbols`, `r_manual` and `examples` write
pages from what is not Markdown. `extensions` has what Sphinx is taught by this project; docs/site has its settings and
the pages that exist on the site only.
"""
