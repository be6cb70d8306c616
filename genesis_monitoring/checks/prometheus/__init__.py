"""prometheus.yml and what the images can do with it, read and run."""
