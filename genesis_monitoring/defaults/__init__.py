"""What a spec may leave out: its plain values in, the same values written out in full out.

The rule: a number that decides whether somebody is woken stands in the spec; plumbing has a default that
``genesis-mon expand`` shows. Defaults belong to the ``apiVersion``: another default is another version.
"""
