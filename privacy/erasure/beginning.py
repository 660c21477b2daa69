"""From the wish to be forgotten to the moment in which it is carried out."""

from django.db import transaction
from django.utils import timezone

from privacy.erasure.letters import write_begun
from privacy.erasure.secrets import seal
from privacy.models import Erasure, Request


def begin(request: Request, *, language: str, email: str = "", at_once: bool = False) -> Erasure:
    """Plan it, after the time in which it can be taken back unless the person wants none."""
    now = timezone.now()
    with transaction.atomic():
        erasure = Erasure.objects.create(
            request=request,
            subject=request.subject,
            created_at=now,
            starts_at=now if at_once else now + Erasure.GRACE,
            secret=seal({"email": email, "language": language}),
        )
        if email:
            write_begun(erasure, email=email, language=language)
    return erasure


def hasten(erasure: Erasure) -> None:
    """The person wants to wait no longer; nothing happens when it has begun."""
    Erasure.objects.filter(pk=erasure.pk, state=Erasure.State.WAITING).update(
        starts_at=timezone.now()
    )


def cancel(request: Request) -> None:
    """The request is closed without it; raises Erasure.Begun when that is too late."""
    with transaction.atomic():
        erasure = Erasure.objects.select_for_update().filter(request=request).first()
        if erasure is None:
            return
        if not erasure.can_be_taken_back:
            raise Erasure.Begun
        erasure.state, erasure.secret = Erasure.State.CANCELLED, b""
        erasure.finished_at = timezone.now()
        erasure.save(update_fields=["state", "secret", "finished_at"])
