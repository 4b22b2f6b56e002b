"""The window's language: our words, and Qt's own in its standard dialogs."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from l3rocc_studio.model.words import ENGLISH, N_, set_language, tr

QTS_GAPS = {
    "QFileDialog": (N_("&Look in:"), N_("Files of &type:")),
    "QAbstractFileIconProvider": (N_("Folder"), N_("Drive")),
}
"""Words that Qt 6.11 says in its dialogs and has not translated: its catalogue still has them with other letters."""


class _QtsGaps(QTranslator):
    """Translates with our catalogue what Qt's lacks."""

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        """The words in our language; None where they are not ours."""
        del disambiguation, n
        return tr(source) if source in QTS_GAPS.get(context, ()) else None

    def isEmpty(self) -> bool:  # noqa: N802  (Qt's name)
        """It has words."""
        return False


def speak(app: QApplication, code: str) -> str:
    """Use a language from now on, ``system`` for the system's; the code of the one in use.

    Words that are on the screen already stay as they are.
    """
    used = set_language(code)
    for translator in app.findChildren(QTranslator):
        app.removeTranslator(translator)
        translator.deleteLater()
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QLocale(used), "qtbase", "_", folder):
        app.installTranslator(translator)
    # Dates in Qt's dialogs; English keeps those of the system.
    QLocale.setDefault(QLocale.system() if used == ENGLISH else QLocale(used))
    if used != ENGLISH:
        app.installTranslator(_QtsGaps(app))
    return used
