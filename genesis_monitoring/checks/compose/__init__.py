"""The Compose file: what Compose makes of it, and whether it is what the spec says."""
