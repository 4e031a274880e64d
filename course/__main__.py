"""``python -m course`` is the same as ``course``."""

import signal


def main() -> None:
    """The entry point; until the command line is imported, Ctrl-C ends us as it ends any program."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from course import cli

    cli.main()


if __name__ == "__main__":
    main()
