"""Reading the mailbox: each message once, one bad message never in the way of the others."""

import logging
import time

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from privacy.mailbox.connection import AWAY, connect
from privacy.mailbox.dealing import deal_with
from privacy.mailbox.message import understand
from privacy.models import IncomingLetter, Mailbox

log = logging.getLogger(__name__)

SECONDS = 50  # a look ends before the next begins
ROWS_A_DELETE = 1000

State = IncomingLetter.State


def read_mailbox() -> None:
    """Take down what came, deal with it, and tell the mail server what needs nobody any more."""
    if not settings.MAILBOX_URL:
        return
    mailbox = Mailbox.current()
    end = time.monotonic() + SECONDS
    try:
        with connect() as server:
            take_down(server, end)
            while time.monotonic() < end and deal_with_next(server):
                pass
            put_away(server)
    except AWAY as trouble:
        mailbox.error = type(trouble).__name__
        mailbox.save(update_fields=["error"])
        level = logging.ERROR if mailbox.is_late else logging.WARNING
        log.log(level, "mailbox away", extra={"reason": mailbox.error})


def forget_old() -> None:
    """Whom we have answered after a day, and that there was a message after two months."""
    over = timezone.now() - IncomingLetter.ANSWERED_ONCE_IN
    IncomingLetter.objects.exclude(sender="").filter(read_at__lt=over).update(sender="")
    old = IncomingLetter.objects.old().order_by("read_at").values("pk")
    while IncomingLetter.objects.filter(pk__in=old[:ROWS_A_DELETE]).delete()[0]:
        pass


def take_down(server, end):
    """A row for each message that is new, before anything is done about it."""
    while time.monotonic() < end:
        mailbox = Mailbox.current()
        is_first = mailbox.generation != server.generation
        found = server.list_after(0 if is_first else mailbox.uid, since=is_first)
        with transaction.atomic():
            mailbox = Mailbox.objects.select_for_update().get(pk=1)
            if mailbox.generation != server.generation:
                number_anew(mailbox, server.generation)
            IncomingLetter.objects.bulk_create(
                [
                    IncomingLetter(
                        generation=server.generation,
                        uid=message.uid,
                        size=message.size,
                        received_at=message.received_at,
                    )
                    for message in found
                ],
                ignore_conflicts=True,
            )
            mailbox.uid = max([mailbox.uid, *(message.uid for message in found)])
            if not found:
                mailbox.read_at, mailbox.error = timezone.now(), ""
            mailbox.save()
        if not found:
            return


def number_anew(mailbox, generation):
    """What was not read comes again under another number; what people decided on is theirs."""
    waiting = IncomingLetter.objects.filter(state=State.WAITING).exclude(generation=generation)
    waiting.filter(is_decided=False, attempts=0).delete()
    waiting.update(state=State.UNREADABLE, read_at=timezone.now(), is_put_away=True)
    IncomingLetter.objects.exclude(generation=generation).update(is_put_away=True)
    mailbox.generation, mailbox.uid = generation, 0


def deal_with_next(server):
    """Read one message and deal with it; whether there may be another."""
    letter = IncomingLetter.objects.claim_next()
    if letter is None:
        return False
    if letter.attempts > IncomingLetter.MOST_ATTEMPTS:
        leave_to_people(letter, "attempts")
        return True
    raw = server.fetch(letter.uid) if letter.generation == server.generation else None
    if raw is None:
        leave_to_people(letter, "gone")
        return True
    try:
        message = understand(raw)
    except Exception as fault:  # whoever wrote it may have meant that: the others must not wait
        log.exception("message not understood", extra={"incoming": letter.pk})
        leave_to_people(letter, type(fault).__name__)
        return True
    try:
        deal_with(letter, message)
    except (OperationalError, InterfaceError):
        raise  # the database is away, or two of us met: the message is not to blame
    except Exception:  # as above; it is tried again
        log.exception("message not dealt with", extra={"incoming": letter.pk})
    return True


def leave_to_people(letter, reason):
    log.warning("message left to people", extra={"incoming": letter.pk, "reason": reason})
    with transaction.atomic():
        if held := IncomingLetter.objects.held(letter):
            held.end(State.UNREADABLE)


def put_away(server):
    """Also what an earlier look did not come to, and what staff has settled meanwhile."""
    letters = IncomingLetter.objects.to_put_away().filter(generation=server.generation)
    states = dict(letters.order_by("pk").values_list("uid", "state")[:ROWS_A_DELETE])
    for_people = [uid for uid, state in states.items() if state in IncomingLetter.FOR_PEOPLE]
    needless = [
        uid for uid, state in states.items() if state in IncomingLetter.DONE and state != State.LEFT
    ]
    server.point_out(for_people)
    server.put_away(needless)
    letters.filter(uid__in=states).update(is_put_away=True)
