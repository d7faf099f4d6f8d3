"""Asks the law of authority before anything is done or shown; decides nothing itself.

The actions are the words every door declares; the rules are `engine.law.authority`.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.law.authority import APART, Actor, Resource, allow
from engine.law.provisions import Role
from workflows import looking
from workflows.agencies import Agencies
from workflows.errors import Forbidden
from workflows.store.accounts import TokenHolder
from workflows.store.records import DossierRow, StepRow

RECEIVE = "dossier.receive"
READ = "dossier.read"
LIST_DOSSIERS = "dossier.list"
LIST_REFERRALS = "referral.list"
WITHDRAW = "dossier.withdraw"
CORRECT_INTAKE = "intake.correct"
PAY_FEE = "fee.pay"
EXEMPT_FEE = "fee.exempt"
UPLOAD_FILE = "file.upload"
ATTACH_FILE = "file.attach"
DETACH_FILE = "file.detach"
WORKLIST = "task.list"
CLAIM = "task.claim"
RELEASE = "task.release"
COMPLETE = "task.complete"
REQUEST_SUPPLEMENT = "supplement.request"
TAKE_SUPPLEMENT = "supplement.take"
READ_REFERRAL = "referral.read"
ACCEPT_REFERRAL = "referral.accept"
RETURN_REFERRAL = "referral.return"
ANSWER_REFERRAL = "referral.answer"
RESEND_REFERRAL = "referral.resend"
REMIND_REFERRAL = "referral.remind"
WITHDRAW_REFERRAL = "referral.withdraw"
STAMP_REFERRAL = "referral.stamp"
WAKE_REFERRAL = "referral.wake"
RETURN_RESULT = "result.return"
FIRE_TIMER = "timer.fire"
ISSUE_APOLOGY = "apology.issue"
ISSUE_REFUSAL = "refusal.issue"
EXTEND_DEADLINE = "deadline.extend"
SUSPEND = "dossier.suspend"
RESUME = "dossier.resume"
STOP = "dossier.stop"
REOPEN = "dossier.reopen"
HAND_OVER = "dossier.hand_over"
SEND_BACK = "task.send_back"
SIGN_OFF = "result.sign_off"
RELEASE_RESULT = "result.release"
PROPOSE_ROUND = "supplement.propose"
APPROVE_ROUND = "supplement.approve"
WARN = "deadline.warn"
READ_REPORT = "report.read"
REVIEW = "review.read"
PLAN_REVIEW = "review.plan"
PROPOSE_REVIEW = "review.propose"
APPROVE_REVIEW = "review.approve"
TAKE_NEXT = "task.next"
TRANSFER = "task.transfer"
ASSIGN = "task.assign"
SET_PRIORITY = "priority.set"
KEEP_VIEW = "view.keep"
SHARE_VIEW = "view.share"
REPORT_STATUS = "status.report"
LIST_JOBS = "job.list"
MANAGE_JOBS = "job.manage"
MANAGE_WEBHOOKS = "webhook.manage"
MANAGE_PARTNERS = "partner.manage"
EXPORT = "record.export"
READ_AUDIT = "audit.read"
OWN_ACCOUNT = "account.own"
LIST_PEOPLE = "person.list"
CHANGE_PERSON = "person.change"
LIST_TOKENS = "token.list"
REVOKE_TOKEN = "token.revoke"  # noqa: S105 - the name of an action
LIST_SUBSTITUTIONS = "substitution.list"
PROPOSE_SUBSTITUTION = "substitution.propose"
APPROVE_SUBSTITUTION = "substitution.approve"
END_SUBSTITUTION = "substitution.end"
READ_ACCESS_LOG = "access_log.read"
CHECK_INSTALLATION = "installation.check"
READ_REFERENCE = "reference.read"
PREVIEW_RECOUNT = "deadline.preview"
MANAGE_CREDENTIALS = "credential.manage"
IMPORT_PEOPLE = "person.import"

# What a post may be: a role of a step, or one of those that stay apart from dossiers.
POST_ROLES = (*(role.value for role in Role if role is not Role.APPLICANT), *sorted(APART))
SYSTEM = Actor(person="system", agency="", role="system")
INSTALLATION = "installation"  # where an operator at the machine itself acts: no agency's code


def actor_from(holder: TokenHolder) -> Actor:
    """Return the actor a token stands for."""
    return Actor(
        person=holder.person,
        agency=holder.agency,
        role=holder.role,
        permissions=frozenset(holder.scopes),
    )


def permit(actor: Actor, action: str, resource: Resource) -> None:
    """Raise Forbidden, naming the rule, unless the rules let this actor do this."""
    decision = allow(actor, action, resource)
    looking.note(actor, action, resource, decision)
    if not decision.allowed:
        raise Forbidden(decision.rule)


def stood_in_for(actor: Actor) -> str:
    """Return for whom the actor stands in, through two hops, as the record keeps it."""
    return ",".join(filter(None, (actor.on_behalf_of, *actor.behind)))


def hands_of(steps: Iterable[StepRow]) -> frozenset[str]:
    """Return who did the steps, and on whose behalf: none of them may check the work."""
    names = (name for s in steps for name in (s.closed_by, *s.closed_for.split(",")))
    return frozenset(names) - {""}


def own_account(actor: Actor) -> Resource:
    """Return the caller's own account as something to be allowed."""
    return Resource(assignee=actor.person)


def list_of(agency: str) -> Resource:
    """Return the lists of an agency as something to be allowed."""
    return Resource(agency=agency, subject=f"agency:{agency}")


def governed(
    agencies: Agencies, agency: str, *, person: str = "", barred: frozenset[str] = frozenset()
) -> Resource:
    """Return what an agency answers for, and those above it, as something to be allowed."""
    above = frozenset(agencies.above(agency))
    subject = f"person:{person}" if person else f"agency:{agency}"
    return Resource(agency=agency, agencies=above, assignee=person, barred=barred, subject=subject)


def looked_after(agencies: Agencies, actor: Actor) -> frozenset[str] | None:
    """Return the agencies an administrator looks after: their own and those below it.

    None stands for all: of an operator at the machine itself.
    """
    return None if actor.agency == INSTALLATION else frozenset(agencies.below(actor.agency))


def part_of(
    dossier: DossierRow,
    step: StepRow | None = None,
    *,
    agency: str = "",
    parties: Iterable[str] = (),
    barred: frozenset[str] = frozenset(),
) -> Resource:
    """Return a dossier, or a step of it, as something to be allowed.

    `agency` is whose step it is, `parties` agencies that take part besides those that receive and
    settle, `barred` people whose own work the step checks.
    """
    own = (dossier.receiving_unit, dossier.competent_agency)
    return Resource(
        agency=agency or (step.agency if step is not None else ""),
        role=step.role if step is not None else "",
        assignee=step.assignee if step is not None else "",
        barred=barred,
        agencies=frozenset((*own, *parties)) - {""},
        subject=f"dossier:{dossier.id}",
    )
