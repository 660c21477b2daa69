from copy import copy
from email.utils import make_msgid, parseaddr

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import BadHeaderError, sanitize_address
from django.db import transaction

from letters.after_commit import after_commit
from letters.models import Letter
from letters.tasks import send


class OutboxBackend(BaseEmailBackend):
    """Django's mail API over the outbox: a letter is a row in the caller's transaction.

    Each receiver has a row of their own, so that one refusal does not send the letter to
    the others twice. What cannot be written is raised, `fail_silently` or not: it would undo
    the caller's transaction anyway.
    """

    def send_messages(self, messages):
        written = 0
        with transaction.atomic():
            for message in messages:
                letters = Letter.objects.bulk_create(rows(message))
                for letter in letters:
                    after_commit(send, letter.pk)
                written += bool(letters)
        return written


def rows(message):
    recipients = dict.fromkeys(bare(address, message) for address in message.recipients())
    if not recipients:
        return []
    message = with_our_headers(message)
    mime = message.message()
    content = mime.as_bytes(linesep="\r\n")
    return [
        Letter(
            sender=bare(message.from_email, message),
            recipient=recipient,
            subject_line=str(message.subject),
            message_id=mime["Message-ID"],
            content=content,
        )
        for recipient in recipients
    ]


def bare(address, message):
    """The address as the mail server wants it."""
    if "\n" in address or "\r" in address:
        raise BadHeaderError("An address holds a line break.")
    encoded = sanitize_address(address, message.encoding or settings.DEFAULT_CHARSET)
    return parseaddr(encoded)[1]


def with_our_headers(message):
    """A Message-ID without this machine's name, and a word to other machines not to answer."""
    given = {name.lower() for name in message.extra_headers}
    domain = bare(message.from_email, message).rpartition("@")[2]
    ours = {"Message-ID": make_msgid(domain=domain), "Auto-Submitted": "auto-generated"}
    message = copy(message)
    message.extra_headers = message.extra_headers | {
        name: value for name, value in ours.items() if name.lower() not in given
    }
    return message
