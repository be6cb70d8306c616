"""Dashboards, their provisioning, and the links that lead to them."""
