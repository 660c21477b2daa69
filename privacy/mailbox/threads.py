"""How a reply finds its request: by the number of our letter, which nobody else can make."""

import re
import secrets
from collections.abc import Iterable
from email.utils import parseaddr

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from privacy.models import Request

OURS = re.compile(r"<request\.(?P<numbers>\d+(?:-\d+)*)\.(?P<nonce>\w+)\.(?P<seal>\w+)@[^@>]+>")
TAG = re.compile(r"№\s*(\d{1,18})\b")


def message_id(requests: Iterable[Request]) -> str:
    """For a letter about these requests."""
    numbers = "-".join(str(request.pk) for request in requests)
    nonce = secrets.token_hex(6)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<request.{numbers}.{nonce}.{seal(numbers, nonce)}@{domain}>"


def answered_requests(references: Iterable[str]) -> list[Request]:
    """Those of whose letters one is answered."""
    numbers = set()
    for reference in references:
        match = OURS.fullmatch(reference)
        if match and constant_time_compare(seal(match["numbers"], match["nonce"]), match["seal"]):
            numbers.update(map(int, match["numbers"].split("-")))
    return list(Request.objects.filter(pk__in=numbers).order_by("pk"))


def named_requests(subject_line: str) -> list[Request]:
    """Those whose number stands there: anybody can write one."""
    numbers = [int(number) for number in TAG.findall(subject_line)]
    return list(Request.objects.filter(pk__in=numbers).order_by("pk"))


def seal(numbers, nonce):
    # Not by SECRET_KEY: a request lives for months, that key need not.
    made = salted_hmac("privacy.mailbox.threads", f"{numbers}.{nonce}", secret=settings.PRIVACY_KEY)
    return made.hexdigest()[:32]
