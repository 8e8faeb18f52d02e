"""The command line `jkonetstar`: learn from tables of points, predict, compare and draw, without a program.

`jkonetstar --help` lists the commands, and `jkonetstar fit --help` explains one; docs/command_line.md is the tour.
"""

from ._program import main

__all__ = ["main"]
