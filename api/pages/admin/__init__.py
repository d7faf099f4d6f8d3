"""Pages of the administrator: people, what the law's files say, what the program does by itself.

They do nothing that is not an ordinary command, and show no dossier.
"""

from __future__ import annotations

from api.pages.admin import health

ROOMS = (health,)
