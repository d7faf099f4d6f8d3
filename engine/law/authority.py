"""Authority (thẩm quyền): may this actor do this here? One table of rules, default deny.

Asked below the doors for every command and every look. Not for who a person is: that is accounts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

ADMINISTRATOR, AUDITOR_ROLE, REVIEWER = "administrator", "auditor", "reviewer"
ANY_DOSSIER_ROLES = frozenset({"one_stop_clerk"})
SIGNING_ROLES = frozenset({"leader"})
EXPORT_ROLES = frozenset({"leader", "head_of_section", "reviewer"})
REPORT_ROLES = frozenset({"one_stop_clerk", "head_of_section", "leader", "reviewer"})
DEPUTISING_ROLES = frozenset({"head_of_section", "leader"})
SYSTEM = "system"
# What people call a post; the order is that of a dossier's way through an office.
ROLE_NAMES = {
    "one_stop_clerk": "Một cửa",
    "officer": "Chuyên viên",
    "head_of_section": "Lãnh đạo phòng",
    "leader": "Lãnh đạo cơ quan",
    "registry_clerk": "Văn thư",
    "tax_officer": "Cán bộ thuế",
    "opinion_officer": "Người cho ý kiến",
    "applicant": "Người nộp",
    "administrator": "Quản trị",
    "reviewer": "Rà soát",
    "auditor": "Kiểm tra",
}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: a person in one role at one agency; `permissions` narrow it, empty means all.

    `on_behalf_of` is whose post it is when the person only stands in (làm thay); `behind` are those
    for whom that one stands in meanwhile.
    """

    person: str
    agency: str
    role: str
    permissions: frozenset[str] = frozenset()
    on_behalf_of: str = ""
    behind: tuple[str, ...] = ()

    @property
    def hands(self) -> frozenset[str]:
        """Everybody whose hand this is: the person, and those stood in for through two hops."""
        return frozenset((self.person, self.on_behalf_of, *self.behind)) - {""}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What is acted on. `agencies` are those of the dossier (receiving and competent).

    `agency`, `role`, `assignee` are those of the step or list; `barred` are people whose own work
    this step checks; `subject` is the name of it in the log of looks.
    """

    agency: str = ""
    role: str = ""
    assignee: str = ""
    barred: frozenset[str] = field(default_factory=frozenset)
    agencies: frozenset[str] = field(default_factory=frozenset)
    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The answer and the rule that gave it."""

    allowed: bool
    rule: str


@dataclass(frozen=True)
class Rule:
    """An id, the Vietnamese sentence for people, and the test an actor has to pass."""

    id: str
    sentence: str
    holds: Callable[[Actor, Resource], bool]


def _own_agency(actor: Actor, resource: Resource) -> bool:
    return bool(actor.agency) and actor.agency == resource.agency


def _own_step(actor: Actor, resource: Resource) -> bool:
    return _own_agency(actor, resource) and actor.role == resource.role


def _party(actor: Actor, resource: Resource) -> bool:
    return actor.agency in resource.agencies or _own_agency(actor, resource)


def _counter(actor: Actor, resource: Resource) -> bool:
    return actor.role in ANY_DOSSIER_ROLES and _party(actor, resource)


def _counter_or_own(actor: Actor, resource: Resource) -> bool:
    return _own_step(actor, resource) or _counter(actor, resource)


def _signer(actor: Actor, resource: Resource) -> bool:
    return actor.role in SIGNING_ROLES and actor.agency in resource.agencies


def _extender(actor: Actor, resource: Resource) -> bool:
    return actor.role in SIGNING_ROLES and _own_agency(actor, resource)


def _system(actor: Actor, _resource: Resource) -> bool:
    return actor.role == SYSTEM


def _governs(actor: Actor, resource: Resource) -> bool:
    """Tell whether the thing is of the actor's agency or, by `agencies`, of one below it."""
    return bool(actor.agency) and _party(actor, resource)


def _deputises(actor: Actor, resource: Resource) -> bool:
    """Tell whether the actor is the absent person, or one who answers for the agency."""
    absent = bool(actor.person) and actor.person == resource.assignee
    answers = actor.role in {ADMINISTRATOR, *DEPUTISING_ROLES} and _governs(actor, resource)
    return answers or (absent and _own_agency(actor, resource))


OWN_STEP = Rule("own_step", "Việc thuộc đúng cơ quan và vai trò của người làm.", _own_step)
COUNTER = Rule("counter", "Bộ phận Một cửa của cơ quan tiếp nhận hoặc giải quyết.", _counter)
COUNTER_OR_OWN = Rule(
    "counter_or_own_step", "Người đang giữ việc, hoặc Bộ phận Một cửa của hồ sơ.", _counter_or_own
)
PARTY = Rule("party", "Cơ quan tiếp nhận, giải quyết hoặc đang được hỏi ý kiến.", _party)
OWN_AGENCY = Rule("own_agency", "Danh sách của chính cơ quan mình.", _own_agency)
SIGNER = Rule("signer", "Lãnh đạo cơ quan tiếp nhận hoặc giải quyết hồ sơ ký.", _signer)
EXTENDER = Rule(
    "leader_at_competent", "Lãnh đạo cơ quan có thẩm quyền giải quyết ký gia hạn.", _extender
)
AUDITOR = Rule(
    "auditor",
    "Người kiểm chứng nhật ký, ở cơ quan của mình.",
    lambda actor, resource: actor.role == "auditor" and _own_agency(actor, resource),
)
OWN_ACCOUNT = Rule(
    "own_account",
    "Tài khoản của chính mình.",
    lambda actor, resource: bool(actor.person) and actor.person == resource.assignee,
)
OPERATOR = Rule(
    "operator",
    "Người quản trị hệ thống; không đọc hồ sơ.",
    lambda actor, resource: actor.role == "administrator" and _own_agency(actor, resource),
)
EXPORTER = Rule(
    "exporter",
    "Lãnh đạo, phụ trách bộ phận, hoặc người rà soát (dữ liệu đã ẩn danh), ở cơ quan của mình.",
    lambda actor, resource: actor.role in EXPORT_ROLES and _own_agency(actor, resource),
)
ADMINISTERS = Rule(
    "administers",
    "Quản trị của cơ quan đó hoặc của cơ quan cấp trên; không đọc hồ sơ.",
    lambda actor, resource: actor.role == ADMINISTRATOR and _governs(actor, resource),
)
OWN_OR_ADMINISTERS = Rule(
    "own_or_administers",
    "Của chính mình, hoặc quản trị của cơ quan đó hay của cơ quan cấp trên.",
    lambda actor, resource: (
        OWN_ACCOUNT.holds(actor, resource) or ADMINISTERS.holds(actor, resource)
    ),
)
KNOWN = Rule(
    "known",
    "Mọi người đã đăng nhập: thủ tục và số đo không có dữ liệu cá nhân.",
    lambda actor, _resource: bool(actor.agency),
)
DEPUTISES = Rule(
    "deputises",
    "Người vắng mặt, lãnh đạo hoặc quản trị của cơ quan có vị trí được làm thay.",
    _deputises,
)
APPROVES_SUBSTITUTE = Rule(
    "approves_substitute",
    "Lãnh đạo phòng hoặc lãnh đạo cơ quan; không tự duyệt cho mình làm thay.",
    lambda actor, resource: actor.role in DEPUTISING_ROLES and _governs(actor, resource),
)
LOOKS_OVER = Rule(
    "looks_over",
    "Người kiểm tra hoặc quản trị của cơ quan đó hoặc của cơ quan cấp trên.",
    lambda actor, resource: (
        actor.role in {ADMINISTRATOR, AUDITOR_ROLE} and _governs(actor, resource)
    ),
)
REVIEWS = Rule(
    "reviews",
    "Lãnh đạo hoặc người rà soát, cho cơ quan của mình và các cơ quan trực thuộc.",
    lambda actor, resource: actor.role in EXPORT_ROLES and _governs(actor, resource),
)
REPORTER = Rule(
    "reporter",
    "Một cửa, lãnh đạo hoặc người rà soát, cho cơ quan của mình và các cơ quan trực thuộc.",
    lambda actor, resource: actor.role in REPORT_ROLES and _own_agency(actor, resource),
)
HEADS = frozenset({"head_of_section", "leader"})
ASSIGNER = Rule(
    "head_of_the_step",
    "Lãnh đạo phòng hoặc lãnh đạo của cơ quan đang giữ bước.",
    lambda actor, resource: actor.role in HEADS and _own_agency(actor, resource),
)
HEAD_OF_LIST = Rule(
    "head_of_the_list",
    "Lãnh đạo phòng hoặc lãnh đạo, cho cơ quan của mình.",
    lambda actor, resource: actor.role in HEADS and _own_agency(actor, resource),
)
PRIORITISER = Rule(
    "counter_or_head",
    "Một cửa của hồ sơ, hoặc lãnh đạo của cơ quan tiếp nhận hay giải quyết.",
    lambda actor, resource: actor.role in {*ANY_DOSSIER_ROLES, *HEADS} and _party(actor, resource),
)
SYSTEM_ONLY = Rule("system", "Chỉ hệ thống tự làm khi đến hạn.", _system)
ASKED = Rule("asked_agency", "Cơ quan được hỏi (cơ quan nhận phiếu liên thông).", _own_agency)
ASKER = Rule(
    "asking_agency",
    "Cơ quan tiếp nhận hoặc giải quyết hồ sơ (cơ quan gửi phiếu liên thông).",
    lambda actor, resource: actor.agency in resource.agencies,
)
EITHER_SIDE = Rule("either_side", "Cơ quan gửi hoặc cơ quan nhận phiếu liên thông.", _party)

OWN_UPLOAD = Rule(
    "upload_at_own_agency",
    "Công chức, ở cơ quan của mình; tệp chưa thuộc hồ sơ nào.",
    _own_agency,
)

RULES: dict[str, Rule] = {
    "dossier.receive": Rule(
        "one_stop_at_receiving",
        "Công chức Một cửa của chính đơn vị tiếp nhận.",
        lambda a, r: a.role in ANY_DOSSIER_ROLES and _own_agency(a, r),
    ),
    "dossier.list": OWN_AGENCY,
    "dossier.read": PARTY,
    "dossier.withdraw": COUNTER,
    "intake.correct": COUNTER,
    "fee.pay": COUNTER,
    "fee.exempt": COUNTER,
    "file.upload": OWN_UPLOAD,
    "file.attach": COUNTER,
    "file.detach": COUNTER,
    "task.list": OWN_AGENCY,
    "task.claim": OWN_STEP,
    "task.release": OWN_STEP,
    "task.complete": OWN_STEP,
    "task.next": OWN_AGENCY,
    "task.transfer": OWN_STEP,
    "task.assign": ASSIGNER,
    "priority.set": PRIORITISER,
    "view.keep": OWN_AGENCY,
    "view.share": HEAD_OF_LIST,
    "supplement.request": OWN_STEP,
    "supplement.take": COUNTER,
    "referral.list": OWN_AGENCY,
    "referral.read": EITHER_SIDE,
    "referral.accept": ASKED,
    "referral.return": ASKED,
    "referral.answer": ASKED,
    "referral.resend": ASKER,
    "referral.remind": ASKER,
    "referral.withdraw": ASKER,
    "referral.stamp": SYSTEM_ONLY,
    "referral.wake": SYSTEM_ONLY,
    "result.return": COUNTER_OR_OWN,
    "apology.issue": SIGNER,
    "refusal.issue": SIGNER,
    "deadline.extend": EXTENDER,
    "dossier.suspend": EXTENDER,
    "dossier.resume": Rule(
        "leader_or_system",
        "Lãnh đạo cơ quan có thẩm quyền giải quyết, hoặc hệ thống khi đến lúc đã hẹn.",
        lambda a, r: _system(a, r) or _extender(a, r),
    ),
    "dossier.stop": SIGNER,
    "dossier.reopen": EXTENDER,
    "dossier.hand_over": PARTY,
    "task.send_back": OWN_STEP,
    "result.sign_off": Rule(
        "leader_own_step",
        "Lãnh đạo, ở bước ký duyệt của chính mình; không phải người đã soạn.",
        lambda a, r: a.role in SIGNING_ROLES and _own_step(a, r),
    ),
    "result.release": OWN_STEP,
    "supplement.propose": OWN_STEP,
    "supplement.approve": SIGNER,
    "deadline.warn": SYSTEM_ONLY,
    "report.read": REPORTER,
    "review.read": REVIEWS,
    "review.plan": REVIEWS,
    "review.propose": REVIEWS,
    "review.approve": Rule(
        "leader_approves_review",
        "Lãnh đạo cơ quan hoặc cơ quan cấp trên; không phải người đã đề nghị.",
        lambda a, r: a.role in SIGNING_ROLES and _governs(a, r),
    ),
    "status.report": COUNTER,
    "audit.read": AUDITOR,
    "job.list": OPERATOR,
    "job.manage": OPERATOR,
    "webhook.manage": OPERATOR,
    "partner.manage": OPERATOR,
    "record.export": EXPORTER,
    "timer.fire": SYSTEM_ONLY,
    "account.own": OWN_ACCOUNT,
    "person.list": ADMINISTERS,
    "person.change": ADMINISTERS,
    "token.list": OWN_OR_ADMINISTERS,
    "token.revoke": OWN_OR_ADMINISTERS,
    "procedure.read": KNOWN,
    "substitution.list": DEPUTISES,
    "substitution.propose": DEPUTISES,
    "substitution.approve": APPROVES_SUBSTITUTE,
    "substitution.end": DEPUTISES,
    "access_log.read": LOOKS_OVER,
    "installation.check": OPERATOR,
    "reference.read": KNOWN,
    "deadline.preview": ADMINISTERS,
    "credential.manage": ADMINISTERS,
    "person.import": ADMINISTERS,
}
EVERYBODYS = frozenset(
    {"account.own", "procedure.read", "reference.read", "token.list", "token.revoke"}
)
# These look after the program or over its shoulder, and never touch a dossier. What they may do is
# listed here and needs a rule besides: an action added for the counter is not theirs by accident.
APART: dict[str, frozenset[str]] = {
    ADMINISTRATOR: EVERYBODYS | {
        "access_log.read", "credential.manage", "deadline.preview", "installation.check",
        "job.list", "job.manage", "partner.manage", "person.change", "person.import",
        "person.list", "substitution.end", "substitution.list", "substitution.propose",
        "webhook.manage",
    },
    AUDITOR_ROLE: EVERYBODYS | {
        "access_log.read", "audit.read",
    },
    REVIEWER: EVERYBODYS | {
        "record.export", "report.read", "review.plan", "review.propose", "review.read",
    },
}  # fmt: skip
BARRED_ACTIONS = frozenset(
    {
        "task.claim", "task.complete", "result.sign_off", "supplement.approve",
        "substitution.approve", "person.change", "person.import", "credential.manage",
        "review.approve",
    }
)  # fmt: skip


def allow(actor: Actor, action: str, resource: Resource) -> Decision:
    """Return whether the actor may do the action; an action without a rule is denied.

    Who prepared something may not check it (không tự kiểm tra việc của mình): people in
    `resource.barred` are refused whatever their role, by their own hand or by one that stands in.
    Roles apart from dossiers may do what `APART` lists for them and nothing else.
    """
    if actor.permissions and action not in actor.permissions:
        return Decision(allowed=False, rule="token_scope")
    if actor.role in APART and action not in APART[actor.role]:
        return Decision(allowed=False, rule="apart_from_dossiers")
    if action in BARRED_ACTIONS and actor.hands & resource.barred:
        return Decision(allowed=False, rule="not_the_same_hand")
    rule = RULES.get(action)
    if rule is None:
        return Decision(allowed=False, rule="no_rule")
    return Decision(allowed=rule.holds(actor, resource), rule=rule.id)
