"""Opens a watch over every request, and writes down what was noted before the answer leaves."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, current_app, g, request

from workflows import looking
from workflows.access_log import LookBook
from workflows.office import Office

BOOK = "motcua.looks"


def join(app: Flask, office: Office) -> None:
    """Let what is noted go into the log of an office."""
    app.extensions[BOOK] = LookBook(office)


def register(app: Flask) -> None:
    """Let no refusal and no look at personal data go without a line in the log."""

    def begin() -> None:
        g.watch = looking.begin()

    def write(response: Response) -> Response:
        address, request_id = request.remote_addr or "", g.get("request_id", "")
        book = cast("LookBook", current_app.extensions[BOOK])
        book.write(looking.noted(), address=address, request_id=request_id)
        return response

    def end(_error: BaseException | None) -> None:
        if "watch" in g:
            looking.end(g.pop("watch"))

    app.before_request(begin)
    app.after_request(write)
    app.teardown_request(end)
