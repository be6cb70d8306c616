"""The promtool tests: that they pass, and that they would fail on a wrong rule."""
