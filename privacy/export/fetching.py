"""How a copy leaves the house: to somebody who has just proved who they are, once each time."""

import secrets
from hashlib import sha256

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from privacy.models import Export, Grant
from ui.handing import hand_out

# In the session of whoever asked: the random number of the leave.
GRANT = "export_grant"


def grant(request: HttpRequest, export: Export) -> None:
    """Give this browser leave to fetch the copy once, soon. The caller has had proof of who it is.

    A download that broke off gets a new one.
    """
    token = secrets.token_urlsafe(32)
    Grant.objects.create(export=export, digest=digest_of(token))
    request.session[GRANT] = token


def fetch(request: HttpRequest, export: Export) -> HttpResponse:
    """Raises Http404 without an unused leave."""
    token = request.session.pop(GRANT, "")
    with transaction.atomic():
        # Under the lock of its row nobody deletes the file between the look and the opening.
        export = Export.objects.select_for_update().filter(pk=export.pk).first()
        used = token and export and export.is_fetchable and use(export, token)
        if not used:
            raise Http404
        response = hand_out(
            export.file,
            filename=f"kazvek-{export.ready_at:%Y-%m-%d}.zip",
            content_type="application/zip",
        )
    # What breaks off begins anew, with a new leave.
    response["Accept-Ranges"] = "none"
    return response


def use(export, token):
    unused = export.grants.filter(
        digest=digest_of(token), used_at=None, given_at__gt=timezone.now() - Grant.LASTS
    )
    return unused.update(used_at=timezone.now())


def digest_of(token):
    return sha256(token.encode()).hexdigest()
