"""The generated tree: takes artifacts, compares them with the output folder, and writes them there."""
