import logging

from celery import shared_task

from letters.after_commit import after_commit
from privacy import authorities, sweep, watch
from privacy.export import building
from privacy.models import Export
from privacy.restoring.tasks import forget_digests, store_acts  # noqa: F401 Celery looks here
from privacy.verification import go_on, start_run

SECONDS = 120

log = logging.getLogger(__name__)


@shared_task
def verify_ledger():
    """Every hour; a ledger too long for one task goes on in the next."""
    run = start_run()
    if not go_on(run, SECONDS):
        after_commit(verify_ledger)
        return
    # Outside the database the seal proves later that this run took place.
    log.info("ledger verified", extra={"run": run.pk, "count": run.entries, "seal": run.seal})
    if run.faults:
        log.error(
            "the consent ledger was changed: see `manage.py ledger verify`",
            extra={"count": len(run.faults)},
        )


@shared_task
def sweep_what_is_over():
    """Every night."""
    run = sweep.sweep()
    log.info("swept", extra={"run": run.pk, "count": sum(run.swept.values())})


@shared_task
def look_at_ourselves():
    """Every hour."""
    watch.run()


@shared_task
def tell_of_authorities():
    """Every day."""
    authorities.tell_those_due()


# One file cannot be continued by the next task. Should the broker hand it out once more meanwhile,
# the lease keeps the second worker away.
@shared_task(time_limit=60 * 60)
def build_export(export_pk):
    building.build(Export.objects.filter(pk=export_pk))


@shared_task(time_limit=60 * 60)
def build_waiting_exports():
    building.build_waiting()


@shared_task
def forget_exports():
    building.forget()
