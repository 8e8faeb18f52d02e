"""What Sphinx is taught for this project: links to terms and names, formulas as pictures, bars in docstrings."""
