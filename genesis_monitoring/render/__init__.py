"""Plan → Artifact: one renderer an artifact family. The only room that knows Jinja2 and grafanalib."""
