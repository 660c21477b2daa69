"""How the making of a copy begins."""

from letters.after_commit import after_commit
from privacy.export.tasks import build_export
from privacy.models import Export, Request


def begin(request: Request, *, language: str, email: str) -> Export:
    """Called in the transaction that files the request, of somebody who has proved who they are."""
    export = Export.objects.create(
        subject=request.subject, request=request, language=language, email=email
    )
    request.step(Request.State.IN_WORK)
    after_commit(build_export, export.pk)
    return export


def begin_again(export: Export) -> None:
    """After it failed; does nothing otherwise."""
    if export.begin_again():
        after_commit(build_export, export.pk)
