"""SLOs of other tools in; a part of a spec and findings out. One module a format, and one list of them."""
