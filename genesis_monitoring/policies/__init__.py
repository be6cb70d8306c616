"""The ways in which alerts come to fire: a module each, and ``registry`` lists them."""
