import logging

from celery import shared_task

from letters.after_commit import after_commit
from privacy.erasure import engine
from privacy.verification import go_on, start_run

SECONDS = 120
# Long enough for a round, and short of the time limit of tasks.
ERASING_SECONDS = 180

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
def erase_due():
    """What is due now; what is left when the time is over goes on in the next."""
    if engine.run(ERASING_SECONDS).is_cut_short:
        after_commit(erase_due)
