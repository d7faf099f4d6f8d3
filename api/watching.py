"""Opens a watch over every request, and writes down what was noted before the answer leaves."""

from __future__ import annotations

from flask import Flask, Response, g, request

from workflows import looking
from workflows.access_log import LookBook
from workflows.office import Office


def register(app: Flask, office: Office) -> None:
    """Let no refusal and no look at personal data go without a line in the log."""
    book = LookBook(office)

    def begin() -> None:
        g.watch = looking.begin()

    def write(response: Response) -> Response:
        address, request_id = request.remote_addr or "", g.get("request_id", "")
        book.write(looking.noted(), address=address, request_id=request_id)
        return response

    def end(_error: BaseException | None) -> None:
        if "watch" in g:
            looking.end(g.pop("watch"))

    app.before_request(begin)
    app.after_request(write)
    app.teardown_request(end)
