"""The native stack, its supervisor, its commands and the drill."""
