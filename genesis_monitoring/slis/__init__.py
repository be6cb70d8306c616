"""SLI kinds: a module a kind, with all that is special about it; ``kinds.py`` lists them."""
