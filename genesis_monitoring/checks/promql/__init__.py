"""Expressions: syntax, types, labels, ranges, units, and whether a rule is what the spec says."""
