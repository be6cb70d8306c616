"""Findings in, words for people and machines out."""
