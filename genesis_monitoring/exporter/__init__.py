"""Test suite results as metrics: JUnit XML files in, Prometheus series over HTTP out."""
