"""The program: ``genesis-mon``, and ``python -m genesis_monitoring``."""

import gc


def main() -> None:
    """Run the command line. An interrupt while it is still being loaded ends it without a word."""
    from genesis_monitoring.commands.interrupts import end_at_once

    end_at_once()
    # A command is over before garbage matters. Looking for it costs a tenth of a render, and the interpreter
    # looks once more as it ends, which costs as much again.
    gc.disable()
    try:
        from genesis_monitoring.cli.main import main as run

        run()
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
