"""Tests that start whole servers and take minutes: pytest -m live."""
