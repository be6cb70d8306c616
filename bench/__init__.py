"""Benchmarks: programs that report ratios measured in one run. ``make bench`` runs them."""
