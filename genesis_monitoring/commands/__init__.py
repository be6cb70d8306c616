"""One module a command: each wires rooms together and returns an exit code."""
