"""``l3rocc``: the commands, their options, and one place that turns outcomes into exit codes."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import FrameType

from l3rocc_engine import __version__
from l3rocc_engine.errors import Cancelled, L3roccError
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.console import JsonReporter, Reporter, TerminalReporter

COMMANDS = {
    "process": "turn a video, a folder of images or a dataset trajectory into a dataset folder with occupancy",
    "render": "render a finished run as a three-panel video: input, world, egocentric occupancy",
    "validate": "check a dataset folder against LeRobot v2.1 and the occupancy formats",
    "info": "tell what a video, folder or dataset holds",
    "demo": "show the bundled sample: in the studio, or without a display as files in DIR",
    "weights": "show, fetch, add, check or remove the weights of the π³ network",
}
Handler = Callable[[argparse.Namespace, Reporter, CancelToken], int]

EPILOG = """exit codes: 0 done, 1 failed, 2 bad input or settings, 3 the pictures do not allow a reconstruction,
4 not valid (validate), 130 stopped with Ctrl-C"""


def build_parser(chosen: str) -> argparse.ArgumentParser:
    """The command line's grammar; only the chosen command's module is imported, for it may be slow to load."""
    parser = argparse.ArgumentParser(
        prog="l3rocc",
        description="Turn video or robot trajectories into 3D clouds, camera paths and egocentric occupancy.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"l3rocc {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, words in COMMANDS.items():
        command = commands.add_parser(name, help=words, description=words)
        if name != chosen:
            continue
        module = import_module(f"l3rocc_studio.cli.{name}")
        module.add_arguments(command)
        command.add_argument("--json", action="store_true", help="one JSON object a line, for machines")
        command.set_defaults(handler=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the return value is the exit code."""
    argv = sys.argv[1:] if argv is None else argv
    chosen = next((word for word in argv if not word.startswith("-")), "")
    arguments = build_parser(chosen).parse_args(argv)
    reporter: Reporter = JsonReporter() if arguments.json else TerminalReporter()
    cancel = CancelToken()
    previous = signal.signal(signal.SIGINT, _stop_politely(cancel, reporter))
    try:
        handler: Handler = arguments.handler
        return handler(arguments, reporter, cancel)
    except Cancelled as cancelled:
        reporter.error(str(cancelled), "Run the same command again to go on from the last finished stage.")
        return Cancelled.exit_code
    except L3roccError as error:
        reporter.error(error.message, error.hint)
        return error.exit_code
    finally:
        reporter.close()
        signal.signal(signal.SIGINT, previous)


def _stop_politely(cancel: CancelToken, reporter: Reporter) -> Callable[[int, FrameType | None], None]:
    """First Ctrl-C asks the job to stop, the second stops at once."""

    def on_interrupt(_signal: int, _frame: FrameType | None) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()
        reporter.remark("Stopping… (Ctrl-C again to stop at once)")

    return on_interrupt


if __name__ == "__main__":
    sys.exit(main())
