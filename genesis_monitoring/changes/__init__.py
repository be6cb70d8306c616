"""What differs between two specs in meaning: two plans with their files in, changes to be reviewed out."""
