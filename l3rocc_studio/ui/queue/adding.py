"""What gets into the queue: by drop, by dialog, from what is open."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from l3rocc_studio.model.queue import Queue
from l3rocc_studio.model.queue_item import ItemState, QueueItem
from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.services.input_check import VIDEO_SUFFIXES, DropGlance, InputKind, glance
from l3rocc_studio.services.job_service import episode_number
from l3rocc_studio.ui.queue.choose_dialog import ChooseDialog
from l3rocc_studio.ui.queue.intake import JudgedInput, QueueIntake

if TYPE_CHECKING:
    from l3rocc_engine.frames.finder import FoundInput
    from l3rocc_studio.ui.studio import Studio


class Adding:
    """Puts inputs at the end of the queue, with the settings of that moment.

    Parameters
    ----------
    studio, queue
        Where they come from and go to.
    refusal
        Why nothing can be added now; empty if it can.
    show
        Shows entries that were added.
    life
        Owner of what lives in Qt.
    """

    def __init__(
        self,
        studio: Studio,
        queue: Queue,
        refusal: Callable[[], str],
        show: Callable[[Sequence[QueueItem]], object],
        life: QObject,
    ) -> None:
        self._studio, self._queue, self._show = studio, queue, show
        self._session, self._window = studio.session, studio.window
        self._intake = QueueIntake(studio.jobs, life)
        self._intake.judged.connect(self._add_judged)
        self._intake.failed.connect(studio.messages.show_error)
        self.chooser: ChooseDialog | None = None
        studio.drops.accepted.connect(self._take_drop)
        studio.opener.several_found.connect(self._choose)
        studio.opener.queue_wanted.connect(lambda path: self._intake.judge([path]))
        commands = {
            "queue_add": self._ask_for_videos,
            "queue_add_folder": self._ask_for_folder,
            "queue_add_open": self._add_open,
        }
        for key, command in commands.items():
            studio.actions.on(key, command)
            studio.permissions.add_rule(key, refusal)
        self._refusal = refusal

    def shut_down(self) -> None:
        """Stop and wait."""
        self._intake.shut_down()

    def _add_judged(self, judged: Sequence[JudgedInput]) -> None:
        """Put inputs at the end, with the present settings but for the range, which belongs to what is open.

        What cannot be opened gets in as failed, so that it is known now and not when its turn comes.
        """
        config = {**self._session.config.to_dict(), "frame_range": []}
        self._add([_entry_of(each, config) for each in judged])

    def _add_open(self) -> None:
        source, location = self._session.source, self._session.run_location
        if source is None:
            return
        if location is not None and location.is_dataset:
            self._window.say(tr("A finished dataset has nothing left to process."))
            return
        config = self._session.config.to_dict()
        self._add([QueueItem(path=source.path, episode=episode_number(source), name=source.name, config=config)])

    def _add(self, items: list[QueueItem]) -> None:
        if self._refusal():
            self._window.say(tr(self._refusal()))
            return
        added = self._queue.add(items)
        if not added:
            self._window.say(tr("Already in the queue."))
            return
        self._show(added)
        self._window.say(self._said_of(added))

    def _said_of(self, added: Sequence[QueueItem]) -> str:
        failed = [item for item in added if item.state is ItemState.FAILED]
        if len(failed) == len(added):
            return retell(failed[0].error)
        said = (
            tr("{count} inputs are in the queue.").format(count=len(added))
            if len(added) > 1
            else tr("{name} is in the queue.").format(name=added[0].name)
        )
        if self._queue.is_paused:
            said = tr("{said} It is paused.").format(said=said)
        return f"{said} {retell(failed[0].error)}" if failed else said

    def _take_drop(self, dropped: DropGlance) -> None:
        if len(dropped.paths) > 1:
            self._intake.judge(dropped.paths)
            if dropped.left_out:
                self._window.say(tr("Not used: {reasons}").format(reasons=retell(" ".join(dropped.left_out))))

    def _ask_for_videos(self) -> None:
        pattern = " ".join(f"*{suffix}" for suffix in VIDEO_SUFFIXES)
        folder = self._studio.settings.folder("open")
        chosen, _ = QFileDialog.getOpenFileNames(
            self._window, tr("Add videos to the queue"), folder, tr("Videos ({pattern})").format(pattern=pattern)
        )
        if chosen:
            self._studio.settings.set_folder("open", Path(chosen[0]).parent)
            self._intake.judge([Path(each) for each in chosen])

    def _ask_for_folder(self) -> None:
        folder = self._studio.settings.folder("open")
        chosen = QFileDialog.getExistingDirectory(self._window, tr("Add a folder to the queue"), folder)
        if chosen:
            self._studio.settings.set_folder("open", Path(chosen))
            self._intake.judge([Path(chosen)])

    def _choose(self, folder: Path, found: Sequence[FoundInput]) -> None:
        is_finished = glance(folder).kind is InputKind.RUN
        dialog = ChooseDialog(folder, found, self._studio.theme, self._window, can_queue=not is_finished)
        dialog.open_wanted.connect(lambda each: self._studio.opener.open(each.path, each.episode))
        dialog.queue_wanted.connect(self._intake.judge)
        dialog.finished.connect(lambda _code: self._forget_chooser(dialog))
        self.chooser = dialog
        dialog.open()

    def _forget_chooser(self, dialog: ChooseDialog) -> None:
        self.chooser = None
        dialog.deleteLater()


def _entry_of(judged: JudgedInput, config: dict[str, object]) -> QueueItem:
    found, problem = judged.found, judged.problem
    item = QueueItem(path=found.path, episode=found.episode, name=_name_of(found.path, found.episode), config=config)
    if problem is None:
        return item
    return dataclasses.replace(item, state=ItemState.FAILED, error=problem.message, hint=problem.hint)


def _name_of(path: Path, episode: int | None) -> str:
    name = path.stem if path.is_file() else path.name
    return name if episode is None else tr("{name} · episode {episode}").format(name=name, episode=episode)
