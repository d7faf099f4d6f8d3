"""Every table, with the reason why it exists in its `info`; migrations/ must make the same.

Nothing here is queried from above the store. Texts are not bounded in the database: the doors
bound what comes in, and a bound of 255 has never made a name shorter. One module per subject.
"""

from __future__ import annotations

from workflows.store.tables.access import (
    access_log,
    credential,
    recovery_code,
    session,
    sign_in_lock,
    substitution,
)
from workflows.store.tables.audit import audit_leaf, audit_root
from workflows.store.tables.base import NAMES, metadata
from workflows.store.tables.bridge import (
    channel,
    envelope,
    envelope_file,
    joint_leg,
    partner,
    partner_key,
)
from workflows.store.tables.dossiers import code_counter, dossier, supplement
from workflows.store.tables.intake import correction, file, intake
from workflows.store.tables.messages import due_job, kept_answer, outbox, referral
from workflows.store.tables.outgoing import delivery, rate_bucket, subscription, unwanted_letter
from workflows.store.tables.people import access_token, membership, past_post, person, person_name
from workflows.store.tables.procedures import procedure_version
from workflows.store.tables.record import command, event
from workflows.store.tables.review import (
    imported_event,
    imported_log,
    review_event,
    review_plan,
)
from workflows.store.tables.steps import LISTED_STATES, OPEN_STATES, step
from workflows.store.tables.vitals import worker
from workflows.store.tables.work import known_word, saved_view, search_word

__all__ = [
    "LISTED_STATES",
    "NAMES",
    "OPEN_STATES",
    "access_log",
    "access_token",
    "audit_leaf",
    "audit_root",
    "channel",
    "code_counter",
    "command",
    "correction",
    "credential",
    "delivery",
    "dossier",
    "due_job",
    "envelope",
    "envelope_file",
    "event",
    "file",
    "imported_event",
    "imported_log",
    "intake",
    "joint_leg",
    "kept_answer",
    "known_word",
    "membership",
    "metadata",
    "outbox",
    "partner",
    "partner_key",
    "past_post",
    "person",
    "person_name",
    "procedure_version",
    "rate_bucket",
    "recovery_code",
    "referral",
    "review_event",
    "review_plan",
    "saved_view",
    "search_word",
    "session",
    "sign_in_lock",
    "step",
    "subscription",
    "substitution",
    "supplement",
    "unwanted_letter",
    "worker",
]
