"""One's own account: another password, a second factor (xác thực hai lớp), recovery codes.

What protects an account is changed by its owner in a session and never by a token.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.law.authority import Actor
from workflows import one_time_codes, passwords, secrecy, session_keys
from workflows.attempts import Attempt
from workflows.errors import InvalidInput, NoKey, NotFound, WorkflowError
from workflows.office import Office
from workflows.permitting import OWN_ACCOUNT, own_account, permit
from workflows.store import UnitOfWork
from workflows.store.credentials import Account


class WrongPassword(WorkflowError):
    """The present password, asked for again before it is changed, was wrong."""

    code = "wrong_password"
    sentence = "Mật khẩu hiện tại không đúng."


class CodeDoesNotMatch(WorkflowError):
    """The code typed to confirm a new second factor is not the one of now."""

    code = "code_does_not_match"
    sentence = "Mã không khớp; hãy kiểm tra giờ của điện thoại, đợi mã mới rồi nhập lại."


@dataclass(frozen=True, kw_only=True)
class ChangePassword:
    """The present password, the new one, and the session that stays."""

    present: str = field(repr=False)
    new: str = field(repr=False)
    session_key: str = field(default="", repr=False)
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class AccountView:
    """What protects one's own account."""

    person: str
    name: str
    has_password: bool
    has_second_factor: bool
    recovery_codes_left: int


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """A secret for an authenticator app, and the address its QR code holds."""

    secret: str
    address: str


def own(office: Office, actor: Actor) -> AccountView:
    """Return what protects the caller's account; raises NotFound or Forbidden."""

    def look(uow: UnitOfWork) -> AccountView:
        account = _own(uow, office, actor)
        return AccountView(
            person=account.code,
            name=account.name,
            has_password=bool(account.password_hash),
            has_second_factor=account.totp_since is not None,
            recovery_codes_left=uow.credentials.recovery_codes_left(account.person_id),
        )

    return office.store.read(look)


def change_password(office: Office, actor: Actor, command: ChangePassword) -> None:
    """Change the caller's password; all their other sessions end.

    Raises WrongPassword, InvalidInput, TooManyAttempts or Forbidden.
    """
    now = office.clock.now()
    account = _proven(office, actor, command.present, command.address)
    passwords.check_rules(command.new, account.code)
    hashed = passwords.hash_of(command.new, office.ids)

    def change(uow: UnitOfWork) -> None:
        person = account.person_id
        uow.credentials.set_password(person, hashed, must_change=False, at=now)
        this = uow.credentials.session(session_keys.hash_of(command.session_key), now)
        uow.credentials.end_sessions(person, now, but=this.id if this is not None else "")

    office.store.write(change)


def enrol(office: Office, actor: Actor) -> Enrolment:
    """Return a new secret; it counts once a code of it has been typed. Raises Forbidden.

    A second factor that is in force stays in force until it is removed: InvalidInput. The secret
    is kept encrypted; without a key of the office NoKey is raised.
    """
    if not office.personal_key:
        raise NoKey
    secret = one_time_codes.new_secret(office.ids)

    def begin(uow: UnitOfWork) -> Enrolment:
        account = _own(uow, office, actor)
        if account.totp_since is not None:
            raise InvalidInput("second_factor", "đã bật; hãy tắt trước khi đăng ký lại")
        if not account.password_hash:
            raise InvalidInput("second_factor", "tài khoản này đăng nhập qua nơi khác")
        sealed = secrecy.seal(secret, office.personal_key, secrecy.SECOND_FACTOR)
        uow.credentials.set_second_factor(account.person_id, sealed, None)
        return Enrolment(secret=secret, address=one_time_codes.address_of(secret, account.code))

    return office.store.write(begin)


def confirm(office: Office, actor: Actor, code: str) -> tuple[str, ...]:
    """Put the second factor in force by a code of it; returns recovery codes, shown once.

    Raises CodeDoesNotMatch or Forbidden.
    """
    now, codes = office.clock.now(), one_time_codes.new_recovery_codes(office.ids)

    def put_in_force(uow: UnitOfWork) -> None:
        account = _own(uow, office, actor)
        secret = secrecy.unseal(account.totp_secret, office.personal_key, secrecy.SECOND_FACTOR)
        step = one_time_codes.step_of(secret, code, now) if _begun(account) else None
        if step is None or not uow.credentials.use_step(account.person_id, step, now):
            raise CodeDoesNotMatch
        hashes = map(one_time_codes.recovery_hash, codes)
        uow.credentials.replace_recovery_codes(account.person_id, hashes)

    office.store.write(put_in_force)
    return codes


def remove(office: Office, actor: Actor, password: str, *, address: str = "") -> None:
    """Take the second factor away; the password is asked for again.

    Raises WrongPassword, TooManyAttempts or Forbidden.
    """
    account = _proven(office, actor, password, address)

    def take_away(uow: UnitOfWork) -> None:
        uow.credentials.set_second_factor(account.person_id, "", None)
        uow.credentials.replace_recovery_codes(account.person_id, ())

    office.store.write(take_away)


def _own(uow: UnitOfWork, office: Office, actor: Actor) -> Account:
    permit(actor, OWN_ACCOUNT, own_account(actor))
    account = uow.credentials.account(actor.person, office.clock.now())
    if account is None:
        raise NotFound("cán bộ", actor.person)
    return account


def _begun(account: Account) -> bool:
    return bool(account.totp_secret) and account.totp_since is None


def _proven(office: Office, actor: Actor, password: str, address: str) -> Account:
    """Return the caller's account once the present password was typed."""
    attempt = Attempt.of(actor.person, address)

    def count(uow: UnitOfWork) -> Account:
        attempt.count(uow, office.clock.now())
        return _own(uow, office, actor)

    account = office.store.write(count)
    if not passwords.is_right(account.password_hash, password):
        raise WrongPassword
    office.store.write(attempt.forgive)
    return account
