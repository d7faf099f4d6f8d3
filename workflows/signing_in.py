"""Signing in (đăng nhập): password, second factor, a new password, the choice of a post.

Not for what an open session may do: that is `authority`. Whoever is unknown, has no password or
types a wrong one gets the same answer after the same time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workflows import one_time_codes, passwords, secrecy, session_keys
from workflows.attempts import Attempt
from workflows.errors import InvalidInput, Unauthenticated, WorkflowError
from workflows.office import Office
from workflows.session_keys import Opened, PostChoice, Stage
from workflows.store import UnitOfWork
from workflows.store.credentials import Account


class WrongSignIn(WorkflowError):
    """The person is unknown, has no password here, or typed another; which one is not told."""

    code = "wrong_sign_in"
    sentence = "Mã cán bộ hoặc mật khẩu không đúng."


class WrongCode(WorkflowError):
    """The code of the second factor is not the one of now, or was used before."""

    code = "wrong_second_factor"
    sentence = "Mã xác thực không đúng hoặc đã dùng; hãy đợi mã mới trên điện thoại rồi nhập lại."


class UnknownPerson(WorkflowError):
    """The identity provider vouches for somebody who is not in the list of people here."""

    code = "unknown_person"
    sentence = (
        "Đã xác thực được danh tính nhưng chưa có tài khoản của bạn ở hệ thống này; "
        "hãy báo quản trị cơ quan thêm mã cán bộ của bạn."
    )


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """A person's code and password, from where and with what."""

    person: str
    password: str = field(repr=False)
    address: str = ""
    browser: str = ""


def sign_in(office: Office, command: SignIn) -> Opened:
    """Begin a session of a person who knows their password.

    Raises WrongSignIn, TooManyAttempts, or NoPost.
    """
    now = office.clock.now()
    attempt = Attempt.of(command.person, command.address)

    def count(uow: UnitOfWork) -> Account | None:
        attempt.count(uow, now)
        return uow.credentials.account(command.person, now)

    account = office.store.write(count)
    stored = account.password_hash if account else ""
    # Outside of any transaction: it takes as long as fifty of them.
    if not passwords.is_right(stored, command.password) or account is None:
        raise WrongSignIn
    renewed = ""
    if passwords.is_outdated(stored):
        renewed = passwords.hash_of(command.password, office.ids)
    said = {"address": command.address, "browser": command.browser}

    def begin(uow: UnitOfWork) -> Opened:
        if renewed:
            change = account.must_change
            uow.credentials.set_password(account.person_id, renewed, must_change=change, at=now)
        return _begin(uow, office, account, attempt, said)

    return office.store.write(begin)


def prove_second_factor(office: Office, key: str, code: str) -> Opened:
    """Go on with a session by a code of the second factor, or a recovery code.

    Raises WrongCode, TooManyAttempts, Unauthenticated, or NoPost.
    """
    now = office.clock.now()

    def count(uow: UnitOfWork) -> tuple[Account, Attempt]:
        row = session_keys.at_stage(uow, key, now, Stage.SECOND_FACTOR)
        account = uow.credentials.account(row.person, now)
        if account is None:
            raise Unauthenticated
        attempt = Attempt.of(row.person, row.address)
        attempt.count(uow, now)
        return account, attempt

    account, attempt = office.store.write(count)
    secret = secrecy.unseal(account.totp_secret, office.personal_key, secrecy.SECOND_FACTOR)
    step = one_time_codes.step_of(secret, code, now)

    def prove(uow: UnitOfWork) -> Opened:
        row = session_keys.at_stage(uow, key, now, Stage.SECOND_FACTOR)
        if not _uses_up(uow, office, account, step, code):
            raise WrongCode
        attempt.forgive(uow)
        return session_keys.go_on(uow, office, row, must_change=account.must_change)

    return office.store.write(prove)


def choose_password(office: Office, key: str, password: str) -> Opened:
    """Replace the one-time password of a session that waits for that; all others end.

    Raises InvalidInput for what is no good password, Unauthenticated, or NoPost.
    """
    now = office.clock.now()

    def look(uow: UnitOfWork) -> Account:
        row = session_keys.at_stage(uow, key, now, Stage.NEW_PASSWORD)
        account = uow.credentials.account(row.person, now)
        if account is None:
            raise Unauthenticated
        return account

    account = office.store.read(look)
    passwords.check_rules(password, account.code)
    if passwords.is_right(account.password_hash, password):
        raise InvalidInput("password", "hãy chọn mật khẩu khác mật khẩu một lần")
    hashed = passwords.hash_of(password, office.ids)

    def change(uow: UnitOfWork) -> Opened:
        row = session_keys.at_stage(uow, key, now, Stage.NEW_PASSWORD)
        uow.credentials.set_password(account.person_id, hashed, must_change=False, at=now)
        uow.credentials.end_sessions(account.person_id, now, but=row.id)
        return session_keys.go_on(uow, office, row, must_change=False)

    return office.store.write(change)


def post_choices(office: Office, key: str) -> tuple[PostChoice, ...]:
    """Return the posts the person of a session may act in; raises Unauthenticated."""
    now = office.clock.now()

    def look(uow: UnitOfWork) -> tuple[PostChoice, ...]:
        row = session_keys.at_stage(uow, key, now, Stage.POST, Stage.OPEN)
        return tuple(map(session_keys.choice_of, session_keys.posts_of(uow, row.person, now)))

    return office.store.read(look)


def choose_post(office: Office, key: str, choice: str) -> Opened:
    """Act in another post, under a new key; raises NotFound or Unauthenticated."""
    now = office.clock.now()

    def choose(uow: UnitOfWork) -> Opened:
        row = session_keys.at_stage(uow, key, now, Stage.POST, Stage.OPEN)
        post = session_keys.chosen(session_keys.posts_of(uow, row.person, now), choice)
        return session_keys.act_in(uow, office, row, post)

    return office.store.write(choose)


def sign_in_vouched(
    office: Office, person: str, *, identity_token: str, address: str = "", browser: str = ""
) -> Opened:
    """Begin a session of a person an identity provider vouches for; raises UnknownPerson or NoPost.

    Only the code of the person is taken from the provider: posts and roles are ours.
    """
    now = office.clock.now()

    def begin(uow: UnitOfWork) -> Opened:
        account = uow.credentials.account(person, now)
        if account is None:
            raise UnknownPerson
        said = {"address": address, "browser": browser, "identity_token": identity_token}
        row, _ = session_keys.begin(uow, office, account.person_id, stage=Stage.POST, **said)
        return session_keys.go_on(uow, office, row, must_change=False)

    return office.store.write(begin)


def _begin(
    uow: UnitOfWork, office: Office, account: Account, attempt: Attempt, said: dict[str, str]
) -> Opened:
    person = account.person_id
    if account.totp_since is None:
        attempt.forgive(uow)
        row, _ = session_keys.begin(uow, office, person, stage=Stage.POST, **said)
        return session_keys.go_on(uow, office, row, must_change=account.must_change)
    attempt.take_back(uow)
    _, key = session_keys.begin(uow, office, person, stage=Stage.SECOND_FACTOR, **said)
    return Opened(key=key, stage=Stage.SECOND_FACTOR)


def _uses_up(
    uow: UnitOfWork, office: Office, account: Account, step: int | None, code: str
) -> bool:
    """Tell whether the code opens, and make sure that it never does again."""
    if step is not None and account.totp_since is not None:
        return uow.credentials.use_step(account.person_id, step, account.totp_since)
    hashed = one_time_codes.recovery_hash(code)
    return uow.credentials.use_recovery_code(account.person_id, hashed, office.clock.now())
