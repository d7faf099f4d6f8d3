"""The reformer's desk (rà soát): where the time goes, on the diagram, in tables, in a chart.

Filters are part of the address, so that a page can be kept and sent. Not for what is measured:
`workflows.review.measuring`; not for how it is worded: `gauges`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from api.auth import current_actor, declares, office
from api.formatting import moment
from api.pages import comparing, gauges
from api.pages.shell import ROLE_NAMES, agency_name, show
from api.pages.showing import CHANNELS, version_of
from engine.law.provisions import Channel
from engine.timing.definitions import DEFINITIONS
from workflows.catalogue import Version
from workflows.errors import InvalidInput
from workflows.review import drilling, measuring, scoreboard
from workflows.review.scope import Scope, admit

blueprint = Blueprint("review_pages", __name__, url_prefix="/review")

TEXTS = ("agency", "channel", "digest")
DAYS = ("first", "last", "on")
LEFT, RIGHT = "a_", "b_"
BY = {
    "agency": "cơ quan",
    "role": "vai trò",
    "channel": "cách nộp",
    "version": "phiên bản",
    "month": "tháng nhận",
}


@blueprint.get("")
@declares("review.read")
def overview() -> str:
    """Show every procedure in a line."""
    found = measuring.overview(office(), current_actor(), _scope())
    names = {v.procedure.code: v.procedure.name for v in office().catalogue.procedures()}
    rows = [gauges.line(o, names.get(o.key, o.key)) for o in found]
    return _page("review/overview.html", rows=rows)


@blueprint.get("/units")
@declares("review.read")
def units() -> str:
    """Show how units stand, with the arithmetic of each index."""
    found = scoreboard.scores(office(), current_actor(), _scope())
    return _page(
        "review/units.html",
        units=[gauges.standing(s, agency_name(s.unit)) for s in found.standings],
        indices=office().catalogue.yardsticks.indices,
        bands=office().catalogue.yardsticks.bands,
        hidden=found.hidden,
    )


@blueprint.get("/definitions")
@declares("review.read")
def definitions() -> str:
    """Say what every figure means."""
    admit(office(), current_actor())
    return _page("review/definitions.html", definitions=DEFINITIONS)


@blueprint.get("/<string:code>")
@declares("review.read")
def procedure(code: str) -> str:
    """Show where the time of a procedure's dossiers went."""
    version = version_of(office(), code)
    found = measuring.review(office(), current_actor(), _scope(version.procedure.code))
    names = {s.element: s.name for s in found.steps}
    for digest in found.versions:
        office().catalogue.at(digest)  # so that the filter offers it
    return _page(
        "review/procedure.html",
        code=version.procedure.code,
        review=found,
        facts=gauges.key_figures(found),
        clocks=gauges.clocks(found),
        steps=gauges.rows_of(found.steps),
        flows=found.flows,
        savings=[gauges.saving(s, names, agency_name) for s in found.savings[:5] if s.could_save],
        handovers=[(agency_name(h.from_agency), agency_name(h.to_agency), h) for h in
                   sorted(found.handovers, key=lambda h: -h.count)],
        ways=[([names.get(e, e) for e in way], n) for way, n in found.variants],
        grounds=gauges.grounds(found),
    )  # fmt: skip


@blueprint.get("/<string:code>/steps/<string:element>")
@declares("review.read")
def step(code: str, element: str) -> str:
    """Show one step told apart, and the dossiers that lay there longest."""
    version = version_of(office(), code)
    scope, by = _scope(version.procedure.code), request.args.get("by") or "agency"
    found = measuring.breakdown(office(), current_actor(), scope, element, by)
    return _page(
        "review/step.html",
        code=version.procedure.code,
        name=version.procedure.name,
        element=element,
        step_name=_step_name(version, element),
        by=by,
        ways_apart=BY,
        steps=[gauges.step(s, _value(by, s.element)) for s in found],
    )


@blueprint.get("/<string:code>/dossiers")
@declares("review.read")
def dossiers(code: str) -> str:
    """List the dossiers behind the figures, the slowest first, without names."""
    version = version_of(office(), code)
    element = request.args.get("element", "")
    scope = _scope(version.procedure.code)
    found = drilling.dossiers(office(), current_actor(), scope, element)
    return _page(
        "review/dossiers.html",
        code=version.procedure.code,
        name=version.procedure.name,
        element=element,
        step_name=_step_name(version, element),
        found=found,
        rows=[gauges.behind(b) for b in found.dossiers],
        channels=_channels(),
    )


@blueprint.get("/<string:code>/compare")
@declares("review.read")
def compare(code: str) -> str:
    """Show two periods, versions or agencies next to each other."""
    version = version_of(office(), code)
    here, actor = office(), current_actor()
    left, right = _scope(version.procedure.code, LEFT), _scope(version.procedure.code, RIGHT)
    before, after = measuring.review(here, actor, left), measuring.review(here, actor, right)
    return _page(
        "review/compare.html",
        code=version.procedure.code,
        name=version.procedure.name,
        sides=[(LEFT, "Bên trái", _asked(LEFT)), (RIGHT, "Bên phải", _asked(RIGHT))],
        totals=comparing.totals(before, after),
        rows=[comparing.beside(b) for b in measuring.side_by_side(before, after)],
    )


@blueprint.get("/<string:code>/diagram.bpmn")
@declares("review.read")
def diagram(code: str) -> Response:
    """Hand out the diagram of the version asked for."""
    admit(office(), current_actor())
    digest = request.args.get("digest", "")
    version = office().catalogue.at(digest) if digest else version_of(office(), code)
    response = Response(version.bpmn_bytes, mimetype="application/xml")
    response.set_etag(version.digest)
    response.make_conditional(request)
    return response


def _asked(prefix: str = "") -> dict[str, str]:
    """Return the filters of the address, empty where there are none."""
    return {name: request.args.get(prefix + name, "").strip() for name in (*TEXTS, *DAYS)}


def _scope(code: str = "", prefix: str = "") -> Scope:
    asked: dict[str, Any] = dict(_asked(prefix))
    if asked["digest"] and code:
        asked["digest"] = office().catalogue.at(asked["digest"]).digest
    for name in DAYS:
        asked[name] = _day(name, asked[name])
    return Scope(code=code, **asked)


def _day(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput(name, "hãy chọn một ngày, dạng năm-tháng-ngày") from None


def _step_name(version: Version, element: str) -> str:
    """Return what the diagram calls a step, its id where another version draws it."""
    drawn = version.definition.elements.get(element)
    return drawn.name if drawn is not None else element


def _value(by: str, key: str) -> str:
    """Say a value a step is told apart by."""
    if by == "agency":
        return agency_name(key)
    if by == "role":
        return ROLE_NAMES.get(key, key) or "không ai (chờ)"
    if by == "channel":
        return _channels().get(key, key)
    if by == "version":
        return office().catalogue.at(key).procedure.version
    return key


def _channels() -> Mapping[str, str]:
    return {c.value: CHANNELS[Channel(c)] for c in Channel if c in CHANNELS}


def _page(template: str, **values: Any) -> str:
    actor, catalogue = current_actor(), office().catalogue
    asked = _asked()
    below = [a for a in catalogue.agencies if catalogue.agencies.within(a.code, actor.agency)]
    code = values.get("code", "")
    kept = {k: v for k, v in asked.items() if v}
    return show(
        template,
        section="review",
        actor=actor,
        asked=asked,
        kept=kept,
        query=f"?{urlencode(kept)}" if kept else "",
        agencies=[(a.code, a.short_name or a.name) for a in below],
        channel_names=_channels(),
        versions=[(v.digest, v.procedure.version) for v in catalogue.versions_of(code)],
        smallest=catalogue.yardsticks.smallest,
        seen=moment(office().clock.now()),
        **values,
    )
