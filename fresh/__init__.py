"""``make fresh``: the two commands of the README in bare Debian roots, as each kind of user, and offline."""
