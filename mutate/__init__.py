"""Does the gate hold? Single faults are made in the spec, the templates and the generated tree, one by one.

``make mutate`` runs it: ``python -m mutate``. Start reading at ``run.py``.
"""
