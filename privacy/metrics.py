"""The watch in numbers, as Prometheus reads them."""

from django.utils import timezone
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from letters.models import Letter
from privacy.models import Request, RetentionRun, SelfCheckRun
from privacy.watch import CHECKS


def as_text() -> tuple[bytes, str]:
    registry = CollectorRegistry()
    last, sweep = SelfCheckRun.objects.first(), RetentionRun.objects.first()
    ages = Gauge("kazvek_age_seconds", "Since the last run of it.", ["of"], registry=registry)
    for name, run in (("self_check", last), ("retention", sweep)):
        if run:
            ages.labels(name).set((timezone.now() - run.finished_at).total_seconds())
    faults = Gauge("kazvek_faults", "Found by the last self-check.", ["check"], registry=registry)
    for name in CHECKS:
        found = last.findings.get(name) if last else None
        faults.labels(name).set(found["count"] if found else 0)
    requests = Gauge("kazvek_requests", "About personal data.", ["state"], registry=registry)
    requests.labels("open").set(Request.objects.open().count())
    requests.labels("overdue").set(Request.objects.overdue().count())
    letters = Gauge("kazvek_letters_waiting", "Letters that are due.", registry=registry)
    letters.set(Letter.objects.due().count())
    return generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4
