"""Words that a person adds to a dataset: the task, and which robot it was."""

from __future__ import annotations

import argparse
from typing import TypedDict


class Labels(TypedDict):
    """As ``write_dataset`` takes them."""

    task: str
    robot_type: str


def add_label_options(parser: argparse.ArgumentParser, *, title: str = "words in the dataset") -> None:
    """Options of commands that write datasets."""
    labels = parser.add_argument_group(title)
    labels.add_argument(
        "--task",
        default="",
        metavar="TEXT",
        help="what the robot was told to do, such as 'walk to the sofa' (default: as the source says)",
    )
    labels.add_argument("--robot-type", default="", metavar="NAME", help="name of the robot that the dataset states")


def labels_of(arguments: argparse.Namespace) -> Labels:
    """What was given; commands without these options give nothing. Ask before the work begins.

    Raises
    ------
    ConfigError
        If task or robot type are no single line.
    """
    from l3rocc_engine.dataset.plain_line import plain_line

    return {
        "task": plain_line("task", getattr(arguments, "task", "")),
        "robot_type": plain_line("robot type", getattr(arguments, "robot_type", "")),
    }
