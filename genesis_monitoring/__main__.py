"""``python -m genesis_monitoring`` is ``genesis-mon``."""

from genesis_monitoring.cli import main

if __name__ == "__main__":
    main()
