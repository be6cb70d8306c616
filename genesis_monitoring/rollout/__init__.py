"""Judging a rollout: what was measured in, a verdict out."""
