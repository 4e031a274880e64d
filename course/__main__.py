"""Run ``python -m course``, the same as ``course``."""

import signal


def main() -> None:
    """Run the command line; until it has been imported, Ctrl-C ends the process without a traceback."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from course import cli

    cli.main()


if __name__ == "__main__":
    main()
