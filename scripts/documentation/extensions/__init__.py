"""What Sphinx is taught for this project: formulas as pictures, the glossary's terms, bars in docstrings."""
