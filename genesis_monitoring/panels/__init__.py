"""Panel types: a module a type, each with all that is special about it; ``registry.py`` lists them."""
