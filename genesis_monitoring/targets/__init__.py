"""Where the monitoring runs: a module a target, and ``registry`` lists them."""
