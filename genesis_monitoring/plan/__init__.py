"""Spec → Plan: the monitoring stack in the field's own terms. Pure; start at ``compile.py``."""
