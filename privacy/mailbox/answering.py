"""What the portal writes back. No letter here says whether anybody is known."""

from contextlib import suppress

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override
from redis import RedisError

from letters.write import write_letter
from privacy.by_letter import send_link
from privacy.mailbox.message import Message
from privacy.mailbox.threads import message_id
from privacy.models import IncomingLetter, Request
from privacy.operator import current_operator


def answer_everybody(message: Message, language: str) -> None:
    """The same words to everybody, known or not: where to ask, and that people read the rest."""
    write_letter(
        "privacy/email/way_to_ask",
        to=message.sender,
        language=language,
        headers=as_reply(message),
        url=page_of_requests(language),
    )


def confirm(message: Message, requests: list[Request], language: str) -> None:
    """To whom our mail server believes: what was taken down, and what is still to be shown."""
    write_letter(
        "privacy/email/taken_by_mail",
        to=message.sender,
        language=language,
        headers=as_reply(message) | {"Message-ID": message_id(requests)},
        kinds=[kind for kind in Request.Kind if kind in {r.kind for r in requests}],
        numbers=", ".join(f"№ {request.pk}" for request in requests),
        due=min(request.due_at for request in requests),
        is_stopped=any(r.kind in (*Request.STOPPING, *Request.PAUSING) for r in requests),
        url=page_of_requests(language),
    )
    # Without the cache that counts them they are not sent; the page named above sends one, too.
    with suppress(RedisError):
        for kind in dict.fromkeys(request.kind for request in requests):
            send_link(message.sender, kind, language)


def tell_operator(letter: IncomingLetter, requests: list[Request]) -> None:
    write_letter(
        "privacy/email/came_by_mail",
        to=current_operator().email,
        language=settings.LANGUAGE_CODE,
        letter=letter,
        requests=requests,
        due=min(request.due_at for request in requests),
        url=settings.SITE_URL + reverse("admin:privacy_incomingletter_change", args=[letter.pk]),
    )


def as_reply(message):
    headers = {
        "Reply-To": current_operator().email,
        # Other programs leave these alone, and so do we if they come back.
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "X-Loop": current_operator().email,
    }
    if message.message_id:
        headers |= {"In-Reply-To": message.message_id, "References": message.message_id}
    return headers


def page_of_requests(language):
    with override(language):
        return settings.SITE_URL + reverse("by_letter:ask")
