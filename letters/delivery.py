import logging
import smtplib
import time
from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

log = logging.getLogger(__name__)

SECONDS = 50  # a sweep ends before the next begins
# Apps above say here when letters have to wait.
ASK_FIRST: list[Callable[[], bool]] = []


def deliver(letters):
    """Send what is due among these, over one connection, each by one worker only.

    Ends when nothing is left, when the mail server is in trouble (the next sweep tries it with
    one letter, not with all of them) or when the time is over.
    """
    if not all(may_go() for may_go in ASK_FIRST):
        return
    mailer = get_connection(settings.LETTERS_MAILER)
    end = time.monotonic() + SECONDS
    try:
        while time.monotonic() < end and deliver_next(letters, mailer):
            pass
    finally:
        mailer.close()


def deliver_next(letters, mailer):
    """Send one; whether the next may be tried over the same connection."""
    letter = letters.claim_next()
    if letter is None:
        return False
    # No transaction is open meanwhile: one that waits for a mail server may be ended by the
    # database, and the letter would go again and again.
    try:
        mailer.open()
        mailer.send_messages([Sealed(letter)])
    except smtplib.SMTPRecipientsRefused as refusal:
        [(code, _)] = refusal.recipients.values()
        reason = f"{type(refusal).__name__} {code}"
        letter.bounce(reason) if code >= 500 else letter.postpone(reason)
        usable = code != 421
    except smtplib.SMTPDataError as refusal:
        reason = f"{type(refusal).__name__} {refusal.smtp_code}"
        letter.fail(reason) if refusal.smtp_code >= 500 else letter.postpone(reason)
        usable = refusal.smtp_code != 421
    except OSError as trouble:  # smtplib's errors are OSErrors, too
        code = getattr(trouble, "smtp_code", "")
        letter.postpone(f"{type(trouble).__name__} {code}".strip())
        usable = False
    except Exception as bug:  # the letters behind this one must not wait for us
        log.exception("letter not understood", extra={"letter": letter.pk})
        letter.postpone(type(bug).__name__)
        usable = True
    else:
        letter.mark_sent()
        usable = True
    log.log(
        logging.WARNING if letter.error else logging.INFO,
        f"letter {letter.state}",
        extra={"letter": letter.pk, "attempt": letter.attempts, "reason": letter.error or None},
    )
    return usable


class Sealed(EmailMessage):
    """A stored letter in the shape in which Django's mail backends take one."""

    def __init__(self, letter):
        super().__init__(
            subject=letter.subject_line, from_email=letter.sender, to=[letter.recipient]
        )
        self.content = bytes(letter.content)

    def message(self):
        return self

    def as_bytes(self, linesep="\r\n"):
        return self.content
