"""The mailings a person can have, each cell with how it stands and what it would take."""

from dataclasses import dataclass

from privacy.documents import purposes_in_force
from privacy.models import Channel, Consent, Subject
from privacy.models.consents import text_hash
from privacy.purposes import PURPOSES
from privacy.sentences import MAILINGS, consent_sentence, scope


@dataclass(frozen=True)
class Cell:
    purpose: str
    channel: Channel
    sentence: str
    consent: Consent | None
    # Of the group: what the person agreed to does not extend to these.
    uncovered: list[str]

    @property
    def is_given(self):
        return self.consent is not None and self.consent.is_given

    @property
    def name(self):
        return PURPOSES[self.purpose].name

    @property
    def shown(self):
        return text_hash(self.sentence)


def cells(subject: Subject) -> list[Cell]:
    """What is offered now, and what was given before and can still be withdrawn."""
    consents = {
        (consent.purpose, consent.channel): consent
        for consent in Consent.objects.filter(subject=subject).select_related("entry")
    }
    in_force = purposes_in_force()
    found = []
    for purpose in MAILINGS:
        sites = scope(purpose)
        is_offered = purpose in in_force and (purpose != "group" or sites)
        for channel in Channel:
            consent = consents.get((purpose, channel))
            is_given = consent is not None and consent.is_given
            if not is_offered and not is_given:
                continue
            covered = consent.entry.scope if is_given else []
            found.append(
                Cell(
                    purpose,
                    channel,
                    consent_sentence(purpose, channel),
                    consent,
                    [site for site in sites if site not in covered] if is_given else [],
                )
            )
    return found
