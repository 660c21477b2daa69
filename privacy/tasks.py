import logging

from celery import shared_task

from letters.after_commit import after_commit
from privacy import authorities, sweep, watch
from privacy.by_letter import forget_keys
from privacy.deadlines import warn
from privacy.erasure import engine, looking_again
from privacy.restoring.tasks import forget_digests, store_acts  # noqa: F401 Celery looks here
from privacy.verification import go_on, start_run

SECONDS = 120
# Between batches the task hands over to the next.
ERASING_SECONDS = 180
# A search of everything stored is not cut short.
LONGEST = 12 * 60 * 60

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


@shared_task
def forget_letter_keys():
    """Links in letters whose time is over, a thousand after the other."""
    while forget_keys():
        pass


@shared_task
def warn_of_deadlines():
    """Twice as good as once: who was told of a step of the clock is not told again."""
    warn()


@shared_task(time_limit=LONGEST)
def erase_due():
    """What is due now; what is left when the time is over goes on in the next."""
    if engine.run(ERASING_SECONDS).is_cut_short:
        after_commit(erase_due)


# Or the queue would give it to a second worker meanwhile; beat repeats what was missed.
@shared_task(time_limit=LONGEST, acks_late=False)
def look_again():
    """Every night, for whoever was erased during the day."""
    if looking_again.look(ERASING_SECONDS):
        after_commit(look_again)


@shared_task(time_limit=LONGEST, acks_late=False)
def make_up_for_the_night():
    """Every hour, for whom no night has looked."""
    if looking_again.make_up(ERASING_SECONDS):
        after_commit(make_up_for_the_night)
