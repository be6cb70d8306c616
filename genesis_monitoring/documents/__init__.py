"""What each data file means, as plain data made from the plan: laid out by templates, compared by checks."""
