"""Declarations of the C interface for other languages, written from `include/jkonetstar.h`.

`python -m declarations` (with `scripts` on PYTHONPATH) reads the headers (`headers`) into a small model
(`model`) and writes it in each language (`python`, `julia`).
"""
