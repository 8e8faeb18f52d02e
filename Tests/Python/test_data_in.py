"""The guide to getting data in shows what happens."""

import doctest
import logging
import warnings

import pytest


def test_the_guide(root):
    pytest.importorskip("sklearn")
    logger = logging.getLogger("jkonetstar")
    level = logger.level
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            results = doctest.testfile(
                str(root / "docs" / "data_in.md"), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
            )
    finally:
        logger.setLevel(level)
    assert results.attempted > 30 and results.failed == 0
