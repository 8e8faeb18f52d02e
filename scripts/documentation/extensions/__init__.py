"""What Sphinx is taught for this project: formulas as MathML, and the glossary's terms from its tables."""
