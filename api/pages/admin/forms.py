"""Form sets: which papers, in which set, for which procedures; each printed with sample data."""

from __future__ import annotations

from flask import Blueprint, Response

from api.auth import current_actor, declares, office
from api.handing_out import shown
from api.pages.admin.shared import admin_page
from api.rest.papers import printer
from workflows import reference, samples

blueprint = Blueprint("admin_forms", __name__)

SIZES = {"a4": "A4", "a5": "A5"}
IDS = {"masked": "che, chỉ ba số cuối", "full": "ghi đủ số"}


@blueprint.get("/admin/forms")
@declares("reference.read")
def form_sets() -> str:
    """List the sets with their papers."""
    found = reference.form_sets(office(), current_actor(), printer().form_sets)
    return admin_page("forms.html", "forms", sets=found, sizes=SIZES, ids=IDS)


@blueprint.get("/admin/forms/<string:form_set>/<string:form>.pdf")
@declares("reference.read")
def sample(form_set: str, form: str) -> Response:
    """Print a paper with sample data."""
    asked = samples.SamplePaper(form_set=form_set, form=form)
    made = samples.sample_paper(office(), current_actor(), printer(), asked)
    return shown(made.content, made.name)
