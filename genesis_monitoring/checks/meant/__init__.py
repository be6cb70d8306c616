"""What a spec says and its author hardly means: warnings, each of which may be suppressed with a reason."""
