"""A module a way to draw a panel: the panel and its data in, HTML out."""
