"""``l3rocc``: the commands, their options, and one place that turns outcomes into exit codes."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from l3rocc_engine import __version__
from l3rocc_engine.errors import Cancelled, InputError, L3roccError
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.console import JsonReporter, OutputClosed, Reporter, TerminalReporter
from l3rocc_studio.cli.grammar import CommandParser
from l3rocc_studio.cli.stopping import NOTHING_FINISHED, stop_signals_ask

COMMANDS = {
    "process": "turn a video, a folder of images or a dataset trajectory into a dataset folder with occupancy",
    "batch": "process everything below a folder, with several workers, and go on after any stop",
    "merge": "put LeRobot datasets together into one of many episodes, as v2.1 or v3.0",
    "visual": "make the three-panel film of an input, processing it first where needed, and files for each frame",
    "render": "render a finished run as a film: input, world, egocentric occupancy",
    "export": "write a finished run as PLY, GLB, COLMAP model, files for each frame, or a dataset of another profile",
    "inspect": "look into a file of points or voxels: in a window, as a picture, or as numbers",
    "validate": "check a dataset folder against LeRobot v2.1 or v3.0 and the occupancy formats",
    "info": "tell what a video, folder or dataset holds",
    "demo": "show the bundled sample: in the studio, or without a display as files in DIR",
    "weights": "show, fetch, add, check or remove the weights of the π³ network",
}
EXAMPLES = {
    "process": "l3rocc process walk.mp4 --out runs/walk --camera-height 1.5",
    "batch": "l3rocc batch videos --out runs --workers 2",
    "merge": "l3rocc merge runs --out all --format v3.0",
    "visual": "l3rocc visual walk.mp4 --out films/walk",
    "render": "l3rocc render runs/walk --out walk.mp4 --camera director",
    "export": "l3rocc export runs/walk --out walk.ply",
    "inspect": "l3rocc inspect walk.ply --stats",
    "validate": "l3rocc validate runs/walk",
    "info": "l3rocc info walk.mp4",
    "demo": "l3rocc demo --headless --out out/demo",
    "weights": "l3rocc weights download",
}
Handler = Callable[[argparse.Namespace, Reporter, CancelToken], int]
CODES = {
    "process": "exit code 3: the pictures do not allow a reconstruction that could be trusted",
    "visual": "exit code 3: the pictures do not allow a reconstruction that could be trusted",
    "batch": "exit code 1: some runs failed; the same command goes on, --retry-failed tries those again",
    "validate": "exit code 4: the folder is not valid",
}
FAILED = 1
WITHOUT_STAGES = ("export", "inspect", "info", "merge", "validate")
"""Commands that begin anew after a stop."""
BESIDE_OUTPUT = ("process", "visual", "demo")
KEPT_BESIDE = "Finished stages are kept beside the output, in a hidden folder whose name ends in .l3rocc-work."

EPILOG = """start here:
  l3rocc demo                                    the bundled sample, to see what comes out
  l3rocc process walk.mp4 --out runs/walk        a video becomes a dataset folder
  l3rocc render runs/walk --out walk.mp4         a film of it
  l3rocc export runs/walk --out walk.ply         its cloud for other programs
  l3rocc-studio runs/walk                        the same in a window

exit codes: 0 done, 1 failed, or the output is in the way or cannot be written, 2 bad input or settings,
3 the pictures do not allow a reconstruction, 4 not valid (validate), 130 stopped with Ctrl-C"""


def build_parser(chosen: str) -> argparse.ArgumentParser:
    """The command line's grammar; only the chosen command's module is imported, for it may be slow to load."""
    parser = CommandParser(
        prog="l3rocc",
        description="Turn video or robot trajectories into 3D clouds, camera paths and egocentric occupancy.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"l3rocc {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, words in COMMANDS.items():
        example = f"example: {EXAMPLES[name]}\n{CODES.get(name, '')}"
        command = commands.add_parser(name, help=words, description=words, epilog=example)
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
    if not argv:
        build_parser("").print_help()
        return InputError.exit_code
    chosen = next((word for word in argv if not word.startswith("-")), "")
    cancel = CancelToken()
    try:
        with stop_signals_ask(cancel, kept_text=KEPT_BESIDE if chosen in BESIDE_OUTPUT else ""):
            arguments = build_parser(chosen).parse_args(argv)
            return _run(arguments, JsonReporter() if arguments.json else TerminalReporter(), cancel)
    except KeyboardInterrupt:
        return Cancelled.exit_code
    except OutputClosed:
        return FAILED


def _run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """Call the command; whatever a user can cause ends in a sentence, not in a traceback."""
    handler: Handler = arguments.handler
    try:
        cancel.check()
        return handler(arguments, reporter, cancel)
    except Cancelled as cancelled:
        return _tell_stopped(reporter, str(cancelled), arguments.command)
    except L3roccError as error:
        if cancel.is_set():  # a service manager signals the children too, and their end is no news then
            return _tell_stopped(reporter, "Stopped on request.", arguments.command)
        reporter.error(error.message, error.hint)
        return error.exit_code
    except MemoryError as error:
        hint = "Take a larger voxel size or a smaller range, or close other programs."
        reporter.error(f"There is not enough memory: {error or 'an allocation failed'}.", hint)
        return FAILED
    except OSError as error:
        where = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
        reporter.error(f"{where}{error.strerror or error}.", "Check the path, its permissions and the free space.")
        return InputError.exit_code if error.errno == errno.ENAMETOOLONG else FAILED
    finally:
        reporter.close()


def _tell_stopped(reporter: Reporter, message: str, command: str) -> int:
    goes_on = "Run the same command again to go on from the last finished stage."
    leaves_nothing = command in WITHOUT_STAGES or message == NOTHING_FINISHED
    reporter.error(message, "Nothing was left behind." if leaves_nothing else goes_on)
    return Cancelled.exit_code


if __name__ == "__main__":
    sys.exit(main())
