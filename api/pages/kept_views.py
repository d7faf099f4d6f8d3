"""Worklists kept under a name: made from the list that is shown, renamed, dropped."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from api.auth import current_actor, declares, office
from api.pages.asking import attempt, form_key
from api.pages.queue import address_of, kept_question, query_asked
from api.pages.work import work_page
from workflows import saved_views
from workflows.saved_views import KeepView, RenameView, SavedView

blueprint = Blueprint("view_pages", __name__)
ONE = "/desk/views/<string:view>"


@blueprint.post("/desk/views")
@declares("view.keep")
def keep() -> Response:
    """Keep the list that is shown under a name."""
    here, actor = office(), current_actor()

    def command() -> SavedView:
        asked = KeepView(
            name=request.form.get("name", ""),
            query=kept_question(query_asked(actor)),
            shared=request.form.get("shared") == "yes",
            idempotency_key=form_key(),
        )
        return saved_views.keep_view(here, actor, asked)

    return attempt(command, lambda view: f"{address_of(view)}&done=kept", work_page)


@blueprint.post(f"{ONE}/rename")
@declares("view.keep")
def rename(view: str) -> Response:
    """Give a kept list another name."""
    here, actor = office(), current_actor()

    def command() -> SavedView:
        name = request.form.get("new_name", "")
        asked = RenameView(view=view, name=name, idempotency_key=form_key())
        return saved_views.rename_view(here, actor, asked)

    return attempt(command, lambda _: url_for("work_pages.work", done="renamed"), work_page)


@blueprint.post(f"{ONE}/drop")
@declares("view.keep")
def drop(view: str) -> Response:
    """Drop a kept list."""
    return attempt(
        lambda: saved_views.drop_view(office(), current_actor(), view),
        lambda _: url_for("work_pages.work", done="dropped"),
        work_page,
    )
