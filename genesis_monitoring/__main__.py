"""The program: ``genesis-mon``, and ``python -m genesis_monitoring``."""


def main() -> None:
    """Run the command line. An interrupt while it is still being loaded ends it without a word."""
    from genesis_monitoring.commands.interrupts import end_at_once

    end_at_once()
    from genesis_monitoring.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
