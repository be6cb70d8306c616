"""The kinds of integration that a receiver can have: a module each, and ``registry`` lists them."""
