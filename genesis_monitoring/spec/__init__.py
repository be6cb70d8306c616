"""``slo.yaml``: its models, its loader with positions, its JSON Schema."""
