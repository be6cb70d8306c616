"""The outside world behind small types: external tools in, what they said out."""
