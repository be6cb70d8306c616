"""genesis-mon: one ``slo.yaml`` in, a proven monitoring stack out. Start reading at ``plan/compile.py``."""
