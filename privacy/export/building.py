"""The worker's part of a copy: from the wish to a file that can be fetched."""

import logging
import tempfile
import time

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from letters.write import write_letter
from privacy.export.archive import digest_of
from privacy.export.keys import url_for_guest
from privacy.export.walking import Missing, write_copy
from privacy.models import Export, Request, Subject
from privacy.operator import current_operator
from privacy.people import holders

log = logging.getLogger(__name__)

SECONDS = 50  # a sweep ends before the next begins
TELLS_EVERY = 1.0


def build(exports) -> bool:
    """Make one of these that is due; whether there was one. Twice is as good as once."""
    export = exports.claim()
    if export is None:
        return False
    if export.state == Export.State.FAILED:
        give_up(export)
        return True
    try:
        make(export)
    except Export.Superseded:
        # Nobody waits for this one any more; the file is ours alone.
        export.file.storage.delete(export.file.name)
    except (Missing, OSError) as trouble:
        export.file.storage.delete(export.file.name)
        stumble(export, trouble)
    return True


def build_waiting() -> None:
    """What a queue or a worker that was away has left."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and build(Export.objects.all()):
        pass


def make(export):
    progress = Progress(export)
    # Without a name on the disk, so that nothing stays of it if we are killed.
    with tempfile.TemporaryFile() as file, override(export.language):
        write_copy(export.subject, file, proved=export.email, tell=progress.tell)
        size, digest = file.tell(), digest_of(file)
        export.go_on()
        export.file.storage.save(export.file.name, File(file))
    finish(export, size, digest)


def finish(export, size, digest):
    with transaction.atomic():
        # Whoever erases takes the person's row first; so do we.
        subject = Subject.objects.select_for_update(no_key=True).get(pk=export.subject_id)
        if subject.state in (Subject.State.ERASING, Subject.State.ERASED):
            raise Export.Superseded
        export.finish(size, digest)
        if export.email:
            write_letter(
                "privacy/email/export_ready",
                to=export.email,
                language=export.language,
                export=export,
                url=url_for(export),
            )
            Export.objects.filter(pk=export.pk).update(email="")
        export.request.step(Request.State.ANSWERED)
    log.info("export ready", extra={"export": export.pk, "size": size})


def stumble(export, trouble):
    """Names the row of a file that is lost, and nothing of what it was."""
    error = f"{type(trouble).__name__} {trouble if isinstance(trouble, Missing) else ''}".strip()
    try:
        export.stumble(error)
    except Export.Superseded:
        return
    log.warning("export waits", extra={"export": export.pk, "reason": error})
    if export.state == Export.State.FAILED:
        give_up(export)


def give_up(export):
    """It is the operator's turn: the law's clock goes on."""
    log.error("export failed", extra={"export": export.pk, "reason": export.error})
    write_letter(
        "privacy/email/export_failed",
        to=current_operator().email,
        language=settings.LANGUAGE_CODE,
        request=export.request,
        url=settings.SITE_URL + reverse("admin:privacy_export_change", args=[export.pk]),
    )


def url_for(export):
    """In the language of the person, who may have an account or not."""
    if not holders([export.subject_id]):
        return url_for_guest(export)
    with override(export.language):
        return settings.SITE_URL + reverse("accounts:export", args=[export.pk])


def forget() -> None:
    """Copies that are over, rows long over, and files a killed worker has left without a row."""
    for export in Export.objects.over():
        export.discard()
    for export in Export.objects.old():
        export.discard()
        export.delete()
    storage = Export._meta.get_field("file").storage
    try:
        names = storage.listdir("exports")[1]
    except FileNotFoundError:  # of a disk; in a bucket there is no folder without files
        return
    for name in names:
        path = f"exports/{name}"
        if not Export.objects.filter(file=path).exists():
            storage.delete(path)


class Progress:
    """Written down now and then, which also tells that the worker lives."""

    def __init__(self, export):
        self.export, self.told_at = export, 0

    def tell(self, done, total):
        if time.monotonic() - self.told_at >= TELLS_EVERY:
            self.export.go_on(rows_done=done, rows_total=total)
            self.told_at = time.monotonic()
