"""The portal looks at itself every hour: is what it promises about personal data still so?

Apps above register what only they can see. A finding names rows by their numbers, nobody by name.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from letters.models import Letter
from letters.write import write_letter
from privacy.erasure.looking_again import not_looked_for
from privacy.models import (
    Erasure,
    IncomingLetter,
    LedgerRun,
    Mailbox,
    Request,
    RetentionRun,
    SelfCheckRun,
    StaffAccess,
    Version,
)
from privacy.operator import current_operator
from privacy.requests import address

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
# Without a run for so long the watch itself has stopped.
STOPPED_AFTER = timedelta(hours=2)
# The same faults are told again after a day, not every hour.
REMINDED_AFTER = timedelta(hours=24)
MOST_NAMED = 20
MOST_COUNTED = 1000
MOST_REVEALS_PER_HOUR = 30
LETTERS_WAIT = timedelta(hours=1)
# For a person; the law gives a month for the whole.
MESSAGES_WAIT = timedelta(days=7)


@dataclass(frozen=True)
class Check:
    name: str
    words: Promise
    # Yields a short text for each fault: numbers of rows, times, never a value of a person.
    faults: Callable[[], Iterable[str]]


CHECKS: dict[str, Check] = {}


def register_check(name: str, words: Promise, faults: Callable[[], Iterable[str]]) -> None:
    CHECKS[name] = Check(name, words, faults)


def run() -> SelfCheckRun:
    """Look at everything once, keep what was found, and write to the operator if it is news."""
    started_at = timezone.now()
    findings = {}
    for check in CHECKS.values():
        found = list(islice(told(check), MOST_COUNTED))
        if found:
            findings[check.name] = {"count": len(found), "first": found[:MOST_NAMED]}
    with transaction.atomic():
        former = SelfCheckRun.objects.select_for_update().first()
        check_run = SelfCheckRun(
            started_at=started_at,
            findings=findings,
            seal_before=former.seal if former else "",
            raised_alarm=bool(findings) and is_news(findings),
        )
        check_run.seal = check_run.expected_seal()
        check_run.save()
        if check_run.raised_alarm:
            raise_alarm(findings)
    # Outside the database the seal proves later that this run took place.
    level = logging.ERROR if findings else logging.INFO
    log.log(
        level,
        "self-check",
        extra={"run": check_run.pk, "count": check_run.faults, "seal": check_run.seal},
    )
    return check_run


def told(check):
    """A check that breaks is a finding, not the end of the watch."""
    try:
        with transaction.atomic():
            yield from check.faults()
    except Exception as trouble:
        log.exception("a self-check broke", extra={"reason": check.name})
        yield f"the check itself failed: {type(trouble).__name__}"


def is_news(findings):
    last = SelfCheckRun.objects.filter(raised_alarm=True).first()
    if last is None or last.finished_at < timezone.now() - REMINDED_AFTER:
        return True
    known = {name: finding["count"] for name, finding in last.findings.items()}
    return any(finding["count"] > known.get(name, 0) for name, finding in findings.items())


def raise_alarm(findings):
    write_letter(
        "privacy/email/watch_alarm",
        to=current_operator().email,
        language=settings.LANGUAGE_CODE,
        findings=in_words(findings),
        url=address("admin:watch"),
    )


def in_words(findings: dict) -> list[dict]:
    return [
        finding | {"words": CHECKS[name].words if name in CHECKS else name}
        for name, finding in findings.items()
    ]


def stopped_since():
    """Since when nobody has looked, if that is too long ago; else None."""
    last = SelfCheckRun.objects.values_list("finished_at", flat=True).first()
    if last is None:
        # Of a portal that has just been set up.
        published = Version.objects.published().order_by("published_at")
        last = published.values_list("published_at", flat=True).first()
    return last if last and last < timezone.now() - STOPPED_AFTER else None


def notice_a_stop() -> None:
    """Called where somebody asks whether the portal is well: who has stopped cannot say so."""
    since = stopped_since()
    if since is None or not cache.add("watch-stopped", 1, timeout=6 * 60 * 60):
        return
    log.error("nobody watches: the self-check has stopped; is beat running?")
    write_letter(
        "privacy/email/watch_stopped",
        to=current_operator().email,
        language=settings.LANGUAGE_CODE,
        since=since,
        url=address("admin:watch"),
    )


def faults_of_ledger():
    last = LedgerRun.objects.exclude(finished_at=None).order_by("-pk").first()
    if last:
        yield from last.faults
    begun = LedgerRun.objects.order_by("pk").values_list("started_at", flat=True).first()
    seen = last.finished_at if last else begun
    if seen and seen < timezone.now() - 3 * EVERY:
        yield f"not verified since {seen:%Y-%m-%d %H:%M} UTC"


def faults_of_runs():
    """The last day's; older ones were looked at when they were a day old."""
    day = SelfCheckRun.objects.filter(finished_at__gte=timezone.now() - REMINDED_AFTER)
    before = None
    for check_run in reversed(day):
        if check_run.seal != check_run.expected_seal():
            yield f"self-check № {check_run.pk} is not as it was"
        elif before and check_run.seal_before != before.seal:
            yield f"self-checks before № {check_run.pk} are missing"
        before = check_run


def overdue_requests():
    for pk in Request.objects.overdue().order_by("due_at").values_list("pk", flat=True):
        yield f"№ {pk}"


def stuck_erasures():
    late = timezone.now() - EVERY
    goes_on = Q(state__in=Erasure.GOES_ON, starts_at__lt=late)
    stuck = Erasure.objects.filter(goes_on | Q(state=Erasure.State.FAILED))
    for erasure in stuck.order_by("pk"):
        yield f"№ {erasure.pk}: {erasure.step}"


def not_looked_for_again():
    for pk in not_looked_for().order_by("pk").values_list("pk", flat=True):
        yield f"№ {pk}"


def faults_of_retention():
    last = RetentionRun.objects.first()
    if last is None:
        return
    if last.finished_at < timezone.now() - timedelta(hours=26):
        yield f"no sweep since {last.finished_at:%Y-%m-%d %H:%M} UTC"
    for table, count in last.late.items():
        yield f"{table}: {count}"


def keys_without_end():
    client = cache._cache.get_client()
    ours = f"{cache.key_prefix}:{cache.version}:"
    for key in client.scan_iter(match=f"{ours}*", count=1000):
        if client.ttl(key) == -1:
            # What follows the prefix may be somebody's address.
            yield key.decode(errors="replace").removeprefix(ours).partition(":")[0][:40]


def letters_that_stay():
    stuck = Letter.objects.due().filter(due_at__lt=timezone.now() - LETTERS_WAIT)
    for pk in stuck.values_list("pk", flat=True):
        yield f"№ {pk}"


def mailbox_unread():
    mailbox = Mailbox.objects.first()
    if settings.MAILBOX_URL and mailbox and mailbox.is_late:
        yield f"not read since {mailbox.read_at:%Y-%m-%d %H:%M} UTC {mailbox.error}".rstrip()
    waiting = IncomingLetter.objects.for_people().filter(
        received_at__lt=timezone.now() - MESSAGES_WAIT
    )
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        yield f"№ {pk}"


def unusual_reveals():
    hour = StaffAccess.objects.filter(at__gte=timezone.now() - EVERY).order_by()
    often = hour.values("by").annotate(times=Count("pk")).filter(times__gt=MOST_REVEALS_PER_HOUR)
    for row in often:
        yield f"{row['by']}: {row['times']}"


register_check(
    "ledger", _("The ledger of consents was changed, or nobody verifies it"), faults_of_ledger
)
register_check("runs", _("The notes of the watch itself were changed"), faults_of_runs)
register_check("erasures", _("Deletions of people are stuck"), stuck_erasures)
register_check(
    "looked again",
    _("Nobody has looked once more whether something is left of people who were deleted"),
    not_looked_for_again,
)
register_check("requests", _("Requests about personal data are overdue"), overdue_requests)
register_check("retention", _("Data is kept longer than promised"), faults_of_retention)
register_check("keys", _("Keys of the cache never end"), keys_without_end)
register_check("letters", _("Letters do not leave"), letters_that_stay)
register_check("mailbox", _("Messages by e-mail are not read"), mailbox_unread)
register_check("reveals", _("Staff looks at the data of unusually many people"), unusual_reveals)
