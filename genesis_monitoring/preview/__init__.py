"""Dashboards as pages that need no Grafana: a dashboard's JSON and answers of a Prometheus in, HTML out."""
