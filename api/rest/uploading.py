"""An upload: one part named `file` of a multipart body, documented and taken out in one way.

Not for what is inside: see the use case that is handed the stream.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, after_this_request, request
from werkzeug.datastructures import FileStorage

from api.errors import InvalidRequest


def one_file(**more: dict[str, Any]) -> dict[str, Any]:
    """Return how a body with a file is documented; `more` are the other parts by name."""
    parts = {"file": {"type": "string", "format": "binary"}, **more}
    schema = {"type": "object", "required": ["file"], "properties": parts}
    content = {"multipart/form-data": {"schema": schema}}
    return {"requestBody": {"required": True, "content": content}}


def given_file() -> FileStorage:
    """Return the file of the request, closed once it is answered; raises InvalidRequest."""
    found = request.files.get("file")
    if found is None:
        fault = {"pointer": "/file", "detail": "Thiếu phần file trong multipart/form-data."}
        raise InvalidRequest([fault])
    after_this_request(partial(_let_go, found))
    return found


def _let_go(found: FileStorage, response: Response) -> Response:
    """Close what came in: a large part lies in a file of its own until then."""
    found.close()
    return response
