"""Letters (thư điện tử): who does not want which, said in one step by the link in a letter.

Whoever has the letter has the link, and needs no account (RFC 8058). Staff also choose on the page
of their account. Not for sending: see `delivering`; not for the words: they are files.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.law.authority import Actor
from workflows import mail_addresses
from workflows.announcing import FOR_APPLICANTS, FOR_STAFF
from workflows.errors import InvalidInput, NotFound
from workflows.office import Office
from workflows.permitting import OWN_ACCOUNT, own_account, permit
from workflows.store import UnitOfWork

STOP, STOP_ALL, RESUME = "stop", "stop_all", "resume"


@dataclass(frozen=True, kw_only=True)
class LetterStanding:
    """Whether the address of a link is still sent this notice."""

    notice: str
    wanted: bool


@dataclass(frozen=True, kw_only=True)
class ChooseLetters:
    """One's own address, empty for none, and which notices are wanted there."""

    email: str
    wanted: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OwnLetters:
    """One's own address, and each notice with whether it is wanted."""

    email: str
    notices: tuple[tuple[str, bool], ...]


def standing(office: Office, notice: str, token: str) -> LetterStanding:
    """Return how things stand for the link of a letter; raises NotFound for one we never sent."""
    address, _ = _opened(office, notice, token)
    unwanted = office.store.read(lambda uow: uow.letters.unwanted_by(address))
    return LetterStanding(notice=notice, wanted=notice not in unwanted)


def decide(office: Office, notice: str, token: str, what: str = STOP) -> LetterStanding:
    """Stop the notice of a link, or all of its sort, or send it again; a repeat is harmless.

    Raises NotFound for a link we never sent, InvalidInput for another word.
    """
    address, of_its_sort = _opened(office, notice, token)
    chosen = {STOP: (notice,), STOP_ALL: of_its_sort, RESUME: (notice,)}.get(what)
    if chosen is None:
        raise InvalidInput("what", f"chỉ nhận: {STOP}, {STOP_ALL}, {RESUME}")
    now = office.clock.now()

    def note(uow: UnitOfWork) -> None:
        if what == RESUME:
            uow.letters.resume(address, chosen)
        else:
            uow.letters.stop(address, chosen, now)

    office.store.write(note)
    return LetterStanding(notice=notice, wanted=what == RESUME)


def own(office: Office, actor: Actor) -> OwnLetters:
    """Return the caller's address and what is sent there; raises NotFound or Forbidden."""
    permit(actor, OWN_ACCOUNT, own_account(actor))

    def look(uow: UnitOfWork) -> OwnLetters:
        row = uow.accounts.person(actor.person)
        if row is None:
            raise NotFound("cán bộ", actor.person)
        unwanted = uow.letters.unwanted_by(mail_addresses.hash_of(row.email))
        notices = tuple((name, name not in unwanted) for name in FOR_STAFF)
        return OwnLetters(email=row.email, notices=notices)

    return office.store.read(look)


def choose(office: Office, actor: Actor, command: ChooseLetters) -> None:
    """Set the caller's address and what is sent there; raises InvalidInput or Forbidden."""
    permit(actor, OWN_ACCOUNT, own_account(actor))
    email, now = mail_addresses.checked("email", command.email), office.clock.now()
    if strange := sorted(set(command.wanted) - set(FOR_STAFF)):
        raise InvalidInput("wanted", f"không có loại thư {', '.join(strange)[:80]}")

    def note(uow: UnitOfWork) -> None:
        uow.accounts.set_email(actor.person, email)
        if email:
            address = mail_addresses.hash_of(email)
            uow.letters.resume(address, command.wanted)
            uow.letters.stop(address, set(FOR_STAFF) - set(command.wanted), now)

    office.store.write(note)


def _opened(office: Office, notice: str, token: str) -> tuple[str, tuple[str, ...]]:
    """Return the hash of the address of a link, and the notices of the same sort."""
    sort = FOR_STAFF if notice in FOR_STAFF else FOR_APPLICANTS
    address = mail_addresses.read_token(token, notice, office.personal_key)
    if not address or notice not in sort:
        raise NotFound("liên kết ngừng nhận thư", token[:12])
    return address, sort
