"""The services whose product we know: a module a service, and ``registry`` lists them."""
