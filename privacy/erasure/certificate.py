"""The certificate: what was erased, what is kept, on which ground and until when. No identifier."""

import json
from collections import Counter, defaultdict
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max
from django.utils.dateparse import parse_date, parse_datetime

from privacy.data_map import DATA_MAP, StaysNameless
from privacy.erasure.holding import RULES
from privacy.models import Erasure, Hold

FINISHED = """
UPDATE privacy_erasure SET
    certificate = jsonb_build_object(
        'tables', found, 'held', coalesce(%(held)s::jsonb -> id::text, '[]'),
        'at', %(at)s::text, 'backups_gone_on', %(gone_on)s::text
    ),
    state = CASE WHEN id = ANY(%(holding)s::bigint[]) THEN 'held' ELSE 'done' END,
    secret = CASE WHEN id = ANY(%(holding)s::bigint[]) THEN secret ELSE '' END,
    step = %(step)s, finished_at = %(now)s,
    lease = NULL, lease_until = NULL, attempts = 0, trouble = ''
WHERE id = ANY(%(jobs)s) AND lease = %(lease)s
"""


def write(jobs: list[int], lease: UUID, now) -> None:
    """Of each erasure that has come to its end, or to what it has to wait for."""
    held = defaultdict(list)
    holds = Hold.objects.filter(erasure__pk__among=jobs, ended_at=None)
    for erasure, rule, rows, until in (
        holds.order_by("rule")
        .values_list("erasure", "rule")
        .annotate(rows=Count("pk"), until=Max("ends_at"))
    ):
        held[erasure].append(
            {"rule": rule, "rows": rows, "until": until.isoformat() if until else None}
        )
    # Of what is held it is counted from the day on which that goes.
    gone_on = now + timedelta(days=settings.BACKUPS_KEPT_DAYS)
    values = {
        "held": json.dumps(held),
        "holding": list(held),
        "at": now.isoformat(timespec="seconds"),
        "gone_on": gone_on.date().isoformat(),
        "step": Erasure.Step.CERTIFY,
        "now": now,
        "jobs": jobs,
        "lease": lease,
    }
    with connection.cursor() as cursor:
        cursor.execute(FINISHED, values)


def in_words(erasure: Erasure) -> dict:
    """For the page: the certificate in the language of the reader."""
    facts = erasure.certificate
    by_table = {described.table: described for described in DATA_MAP.values()}
    gone, changed, nameless = Counter(), Counter(), {}
    for table, rows in facts["tables"].items():
        # Of a table that is no more the number still says how much there was.
        described = by_table.get(table)
        title = described.title if described else table
        if described and described.may_know:
            # Of what a law forbids to tell they are not told by a number either.
            rows = described.rows_told(erasure.subject).count()
            if not rows:
                continue
        if described is None or described.erase is None:
            changed[title] += rows
        elif isinstance(described.erase, StaysNameless):
            before = nameless.get(title, {"rows": 0})
            nameless[title] = {"rows": before["rows"] + rows, "words": described.erase.words}
        else:
            gone[title] += rows
    return {
        "at": parse_datetime(facts["at"]),
        "backups_gone_on": parse_date(facts["backups_gone_on"]),
        "gone": sorted(gone.items(), key=lambda line: str(line[0])),
        "changed": sorted(changed.items(), key=lambda line: str(line[0])),
        "nameless": sorted(nameless.items(), key=lambda line: str(line[0])),
        "held": [
            {
                "rule": RULES[each["rule"]],
                "rows": each["rows"],
                "until": parse_datetime(each["until"]) if each["until"] else None,
            }
            for each in facts["held"]
            if each["rule"] in RULES
        ],
    }
