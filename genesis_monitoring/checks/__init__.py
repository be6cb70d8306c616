"""Proof that the generated tree is right: one module a check family, findings out."""
