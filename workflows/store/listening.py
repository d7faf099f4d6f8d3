"""The filters of all subscriptions that listen, as one text to be read along with something else.

Whoever locks a dossier reads it in the same statement: nobody listening costs nothing, and a new
subscription is heard by the very next command of every process.
"""

from __future__ import annotations

import sqlalchemy as sa

from workflows.store.tables import dossier, intake, subscription

LISTENING = (
    sa.select(sa.func.aggregate_strings(subscription.c.listens, "\n"))
    .where(subscription.c.listens.is_not(None))
    .scalar_subquery()
)

# Whether the applicant gave an address for letters: there is no other consent to be written to.
REACHABLE = (
    sa.exists().where(intake.c.dossier_id == dossier.c.id, intake.c.email != "").correlate(dossier)
)
