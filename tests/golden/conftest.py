"""``pytest tests/golden --update-golden`` rewrites the golden trees; in CI they are only compared."""

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden trees (never in CI)")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--update-golden", default=False) and os.environ.get("CI"):
        raise pytest.UsageError("golden trees are not rewritten in CI: do it by hand, and review the change")
