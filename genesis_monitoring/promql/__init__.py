"""PromQL as a library: written from typed parts, read as typed trees, and what can be said of a tree.

It knows nothing of a spec: what is known about series goes in as ``types.KnownSeries``.
"""
