"""Sessions (phiên làm việc): who is acting by one, which there are, ending them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.law.authority import Actor
from workflows import session_keys
from workflows.errors import NotFound, Unauthenticated
from workflows.office import Office
from workflows.permitting import OWN_ACCOUNT, own_account, permit
from workflows.session_keys import Stage
from workflows.store import UnitOfWork
from workflows.store.credentials import SessionRow


@dataclass(frozen=True, kw_only=True)
class SessionView:
    """A session as its owner sees it."""

    id: str
    began_at: datetime
    seen_at: datetime
    expires_at: datetime
    agency: str
    role: str
    address: str
    browser: str
    is_this: bool


def stage_of(office: Office, key: str) -> Stage:
    """Return what a session still needs; raises Unauthenticated."""
    now = office.clock.now()
    return Stage(office.store.glance(lambda uow: session_keys.known(uow, key, now)).stage)


def actor_of(office: Office, key: str) -> Actor:
    """Return who acts by an open session; raises Unauthenticated.

    A post that has ended, or a substitution that is over, ends what could be done in it.
    """
    now = office.clock.now()
    row = office.store.glance(lambda uow: session_keys.known(uow, key, now))
    if row.stage != Stage.OPEN or not _is_in_post(row, now):
        raise Unauthenticated
    behind: tuple[str, ...] = ()
    if row.on_behalf_of:
        absent = row.on_behalf_of
        others = office.store.glance(lambda uow: uow.posts.taken_over_by(absent, now))
        behind = tuple(sorted({post.on_behalf_of for post in others}))
    if now - row.seen_at >= session_keys.SEEN_EVERY:
        office.store.write(lambda uow: uow.credentials.change_session(row.id, {"seen_at": now}))
    return Actor(
        person=row.person,
        agency=row.agency or "",
        role=row.role or "",
        on_behalf_of=row.on_behalf_of or "",
        behind=behind,
    )


def own_sessions(office: Office, actor: Actor, key: str) -> tuple[SessionView, ...]:
    """Return the caller's sessions, the latest first; raises Forbidden."""
    permit(actor, OWN_ACCOUNT, own_account(actor))
    now = office.clock.now()

    def look(uow: UnitOfWork) -> tuple[SessionView, ...]:
        this = uow.credentials.session(session_keys.hash_of(key), now) if key else None
        rows = uow.credentials.sessions_of(actor.person, now)
        alive = (r for r in rows if now - r.seen_at <= session_keys.IDLE)
        return tuple(_view(r, is_this=this is not None and r.id == this.id) for r in alive)

    return office.store.read(look)


def end_session(office: Office, actor: Actor, session: str) -> None:
    """End one of the caller's own sessions; raises NotFound or Forbidden."""
    permit(actor, OWN_ACCOUNT, own_account(actor))
    now = office.clock.now()

    def end(uow: UnitOfWork) -> None:
        mine = {row.id: row for row in uow.credentials.sessions_of(actor.person, now)}
        if session not in mine:
            raise NotFound("phiên làm việc", session)
        uow.credentials.end_sessions(mine[session].person_id, now, only=session)

    office.store.write(end)


def sign_out(office: Office, key: str) -> str:
    """End a session at once, and return the identity provider's word for it, if it came by one.

    A key that is no (longer a) session is no fault: out is out.
    """
    now = office.clock.now()

    def end(uow: UnitOfWork) -> str:
        row = uow.credentials.session(session_keys.hash_of(key), now)
        if row is None:
            return ""
        uow.credentials.end_sessions(row.person_id, now, only=row.id)
        return row.identity_token

    return office.store.write(end)


def _is_in_post(row: SessionRow, now: datetime) -> bool:
    if row.post_from is None or now < row.post_from:
        return False
    ends = [moment for moment in (row.post_to, row.stands_in_to) if moment is not None]
    return all(now < moment for moment in ends)


def _view(row: SessionRow, *, is_this: bool) -> SessionView:
    return SessionView(
        id=row.id,
        began_at=row.began_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
        agency=row.agency or "",
        role=row.role or "",
        address=row.address,
        browser=row.browser,
        is_this=is_this,
    )
