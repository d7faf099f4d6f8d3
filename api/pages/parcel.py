"""Files handed in with a form that may be refused: kept at once, so that nobody chooses them twice.

A file is named by what it is uploaded for; what was kept before comes back in the form by its id.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from api.auth import current_actor, office
from api.pages.asking import form_key
from workflows import files, keeping
from workflows.attaching import NO_COMPONENT

CHOSEN, KEPT = "file-", "kept-"
MOST_EACH = 20


class Parcel:
    """What one form hands in: ids of files by component, and their names for the page."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.names: dict[str, list[tuple[str, str]]] = {}

    @property
    def files(self) -> dict[str, tuple[str, ...]]:
        """Return the ids of the files by what they are for."""
        return {what: tuple(one for one, _ in found) for what, found in self.names.items()}

    def take_in(self, components: Iterable[str]) -> None:
        """Keep the files of the form, each once; raises FileRefused or NoFileStore."""
        for what in (*components, NO_COMPONENT):
            for text in request.form.getlist(f"{KEPT}{what}")[:MOST_EACH]:
                one, _, name = text.partition(" ")
                self.names.setdefault(what, []).append((one, name))
            for number, given in enumerate(request.files.getlist(f"{CHOSEN}{what}")[:MOST_EACH]):
                if given.filename:
                    upload = keeping.Upload(stream=given.stream, name=given.filename)
                    key = f"{form_key()}:{what}:{number}"
                    view = files.upload(office(), current_actor(), upload, key)
                    self.names.setdefault(what, []).append((view.id, view.name))
