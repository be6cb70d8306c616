"""Does the gate hold? Single faults are made in the rendered tree, the templates and the spec, one by one.

``make mutate`` runs it: ``python -m mutate``. ``data``, ``text``, ``templates`` and ``spec`` each make faults
in one sort of file and judge who noticed; none of them lists what a file holds.
"""
