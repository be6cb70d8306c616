"""What our output is to released tools of others, which `make peers` installs."""
