"""The window's language: our words, and Qt's own in its standard dialogs."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from l3rocc_studio.model.words import set_language


def speak(app: QApplication, code: str) -> str:
    """Use a language from now on, ``system`` for the system's; the code of the one in use.

    Words that are on the screen already stay as they are.
    """
    used = set_language(code)
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QLocale(used), "qtbase", "_", folder):
        app.installTranslator(translator)
    return used
