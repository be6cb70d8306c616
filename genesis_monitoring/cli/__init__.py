"""The command line: one module a family of commands; ``main`` is the program."""
