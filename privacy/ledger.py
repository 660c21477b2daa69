"""The consent ledger as it is written: one chain of entries for each person, under its own lock."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from letters.after_commit import after_commit
from privacy.models import (
    Consent,
    ConsentChain,
    ConsentEntry,
    ConsentEvidence,
    ProcessingAct,
    Subject,
    Version,
)
from privacy.models.consents import EVERYTHING, text_hash
from privacy.purposes import Basis
from privacy.restoring.tasks import store_acts
from privacy.tombstones import note_withdrawal

PROCESSING = {
    ConsentEntry.Act.GIVEN: ProcessingAct.RECORDING,
    ConsentEntry.Act.ACKNOWLEDGED: ProcessingAct.RECORDING,
    ConsentEntry.Act.REFUSED: ProcessingAct.RECORDING,
    ConsentEntry.Act.SUPERSEDED: ProcessingAct.UPDATING,
    ConsentEntry.Act.WITHDRAWN: ProcessingAct.BLOCKING,
    ConsentEntry.Act.OBJECTED: ProcessingAct.BLOCKING,
}


@dataclass(frozen=True)
class Occasion:
    """Where an act came about: the form, its button, and what the browser told of itself."""

    form: str
    button: str
    network: str = ""
    browser: str = ""


def locked_chain(subject: Subject) -> ConsentChain:
    """The person's chain, which until the end of the transaction only the caller may extend.

    One lock for all would queue every order of the portal behind it.
    """
    chains = ConsentChain.objects.select_for_update()
    try:
        return chains.get(subject=subject)
    except ConsentChain.DoesNotExist:
        ConsentChain.objects.bulk_create([ConsentChain(subject=subject)], ignore_conflicts=True)
        return chains.get(subject=subject)


def append(
    chain: ConsentChain,
    act: ConsentEntry.Act,
    occasion: Occasion,
    *,
    sentence: str,
    basis: str,
    version: Version | None,
    purpose: str = "",
    channel: str = "",
    scope: list[str] | None = None,
) -> ConsentEntry:
    """Write one act to the end of a locked chain, and how things stand after it."""
    entry = following(
        chain,
        act,
        occasion,
        sentence=sentence,
        basis=basis,
        version=version,
        purpose=purpose,
        channel=channel,
        scope=scope,
        at=timezone.now(),
    )
    entry.save(force_insert=True)
    if occasion.network or occasion.browser:
        ConsentEvidence.objects.create(
            entry=entry, network=occasion.network, browser=occasion.browser
        )
    settle(entry)
    if act in ConsentEntry.ENDINGS:
        note_withdrawal(entry)
        after_commit(store_acts)
    chain.end_with(entry)
    chain.save(update_fields=["length", "head", "seal"])
    return entry


def following(
    chain: ConsentChain,
    act: ConsentEntry.Act,
    occasion: Occasion,
    *,
    sentence: str,
    basis: str,
    version: Version | None,
    at: datetime,
    purpose: str = "",
    channel: str = "",
    scope: list[str] | None = None,
) -> ConsentEntry:
    """The entry that follows the last one of the chain, in the current language; not saved."""
    entry = ConsentEntry(
        subject_id=chain.subject_id,
        sequence=chain.length + 1,
        previous_hash=chain.head,
        act=act,
        processing=PROCESSING[act],
        purpose=purpose,
        channel=channel,
        scope=scope or [],
        basis=basis,
        version=version,
        version_digest=version.digest if version else "",
        sentence=sentence,
        sentence_hash=text_hash(sentence),
        language=get_language() or settings.LANGUAGE_CODE,
        form=occasion.form,
        button=occasion.button,
        at=at,
    )
    entry.hash = entry.content_hash()
    return entry


def settle(entry):
    """Bring the state up to the entry, as `verification` derives it from the entries alone."""
    if entry.is_about_documents:
        return
    if entry.purpose == EVERYTHING:
        # Who objected has not agreed: that there is nothing left to withdraw takes nothing back.
        agreed = Consent.objects.filter(subject=entry.subject_id).exclude(act=entry.Act.OBJECTED)
        # While an order is open its consent cannot be withdrawn.
        agreed.exclude(entry__basis=Basis.CONTRACT).update(act=entry.act, entry=entry)
        return
    Consent.objects.bulk_create(
        [
            Consent(
                subject_id=entry.subject_id,
                purpose=entry.purpose,
                channel=entry.channel,
                act=entry.act,
                entry=entry,
            )
        ],
        update_conflicts=True,
        unique_fields=["subject", "purpose", "channel"],
        update_fields=["act", "entry"],
    )
