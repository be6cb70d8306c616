"""Runs the generated stack, by Docker Compose or as local processes, and proves that its alerts arrive."""
