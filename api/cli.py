"""`motcua …`: the command line. Translates words into use cases; decides nothing.

Human tables by default, `--json` for machines, progress on stderr, exit codes 0, 1 and 2.
"""

from __future__ import annotations

import click

from api.cli_audit import audit, keys, verify
from api.cli_background import export_group, jobs_group, webhooks_group, worker
from api.cli_deadlines import calendar_group, deadline
from api.cli_demo import demo
from api.cli_doctor import doctor
from api.cli_files import files
from api.cli_operate import db, serve
from api.cli_papers import papers
from api.cli_partners import partners_group
from api.cli_people import access_log_command, passwords, people_group, sessions, tokens
from api.cli_referrals import referrals_group
from api.cli_review import rebuild, review
from api.cli_rosters import import_people, template
from api.cli_validate import validate
from api.cli_walk import procedures, walk


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="motcua", prog_name="motcua")
def main() -> None:
    """Chạy thủ tục hành chính đúng luật và đo thời gian đi đâu."""


COMMANDS = (
    files, partners_group, referrals_group,
    demo, serve, validate, procedures, walk, deadline, calendar_group, review, rebuild, papers,
    doctor,
    worker, jobs_group, webhooks_group, export_group,
    people_group, passwords, sessions, tokens, access_log_command, db, verify, audit, keys,
)  # fmt: skip
people_group.add_command(import_people)
people_group.add_command(template)
for command in COMMANDS:
    main.add_command(command)
