"""The kinds of faults, by the files that they are made in."""
