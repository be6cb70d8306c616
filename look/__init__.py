"""``make look``: the dashboards seen through Grafana's own open libraries."""
