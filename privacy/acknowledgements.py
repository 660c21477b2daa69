"""Who has read which version of the policy and the agreement, and who must be asked."""

from django.db import transaction

from privacy.consents import Changed
from privacy.documents import version_in_force
from privacy.ledger import Occasion, append, locked_chain
from privacy.models import ConsentEntry, Document, Request, Subject, Version
from privacy.models.consents import text_hash
from privacy.purposes import Basis
from privacy.recipients import tell_of_release
from privacy.sentences import acknowledgement_sentence

DOCUMENTS = [Document.Slug.PRIVACY, Document.Slug.TERMS]


def versions_in_force() -> list[Version]:
    """What whoever signs up now is shown."""
    return in_force(DOCUMENTS)


def in_force(documents):
    found = map(version_in_force, documents)
    return [version for version in found if version]


def awaited(subject: Subject) -> list[Version]:
    """The versions in force whose material change the person has not acknowledged yet."""
    changes = {version.document_id: version.number for version in material_changes()}
    answers = last_answers(subject) if changes else {}
    unread = [
        document
        for document in DOCUMENTS
        if (change := changes.get(document))
        and not (
            (answer := answers.get(document))
            and answer.act == ConsentEntry.Act.ACKNOWLEDGED
            and answer.version.number >= change
        )
    ]
    return in_force(unread)


def has_declined(subject: Subject, versions: list[Version]) -> bool:
    """Whether the person, asked about one of these, said no."""
    changes = {version.document_id: version.number for version in material_changes()}
    answers = last_answers(subject)
    return any(
        (answer := answers.get(version.document_id))
        and answer.act == ConsentEntry.Act.REFUSED
        and answer.version.number >= changes[version.document_id]
        for version in versions
    )


def has_answered(subject: Subject) -> bool:
    """Whether the person was ever asked; an account made by staff was not."""
    return ConsentEntry.objects.about_documents().filter(subject=subject).exists()


def acknowledge(
    subject: Subject, versions: list[Version], occasion: Occasion, *, shown: str
) -> None:
    """Record that the person has read these and goes on; `shown` is the hash of the sentence."""
    with transaction.atomic():
        record_answer(ConsentEntry.Act.ACKNOWLEDGED, subject, versions, occasion, shown)
        release_if_free(subject)


def decline(subject: Subject, versions: list[Version], occasion: Occasion, *, shown: str) -> None:
    """Record that the person does not go on under these: their data may from now on only lie."""
    with transaction.atomic():
        record_answer(ConsentEntry.Act.REFUSED, subject, versions, occasion, shown)
        subject.restrict()


def release_if_free(subject: Subject) -> None:
    """End the restriction, unless a request or a "no" to the documents still stands behind it."""
    with transaction.atomic():
        # Whoever files a request takes the same lock, so none comes between look and release.
        person = Subject.objects.select_for_update(no_key=True).get(
            pk=subject.joined_to_id or subject.pk
        )
        asked = Request.objects.filter(subject__in=Subject.families([person]))
        if not asked.that_stop().exists() and not has_declined(person, awaited(person)):
            person.release()
            tell_of_release(person)


def record_answer(act, subject, versions, occasion, shown):
    sentence = acknowledgement_sentence(versions)
    if text_hash(sentence) != shown:
        raise Changed
    chain = locked_chain(subject)
    for version in versions:
        append(chain, act, occasion, basis=Basis.CONTRACT, version=version, sentence=sentence)


def material_changes():
    return (
        Version.objects.effective()
        .filter(document__in=DOCUMENTS, is_material=True)
        .order_by("document", "-number")
        .distinct("document")
        .only("document", "number")
    )


def last_answers(subject):
    entries = (
        ConsentEntry.objects.about_documents()
        .filter(subject=subject)
        .order_by("version__document", "-sequence")
        .distinct("version__document")
        .select_related("version")
        .only("act", "version__document", "version__number")
    )
    return {entry.version.document_id: entry for entry in entries}
