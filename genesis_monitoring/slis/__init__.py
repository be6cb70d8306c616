"""SLI kinds: a module a kind, with all that is special about it; ``registry.py`` lists them."""
