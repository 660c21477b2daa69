"""What people agreed to. `allows` is the only question the rest of the portal asks."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from privacy.documents import purposes_in_force, version_in_force
from privacy.ledger import Occasion, append, locked_chain
from privacy.models import Consent, ConsentEntry, Document, Subject, Version
from privacy.models.consents import EVERYTHING, text_hash
from privacy.purposes import PURPOSES, Basis
from privacy.sentences import consent_sentence, scope

Act = ConsentEntry.Act

# What goes on while a person's data may only lie: what they asked for and what the law demands.
OUTLASTS_RESTRICTION = {Basis.CONTRACT, Basis.LAW}


class NotOffered(Exception):
    """Nobody is asked for this now: no such consent, its clause is suspended, or no policy yet."""


class Changed(Exception):
    """The sentence or the document is not any more what the person was shown."""


class WithdrawnSince(Exception):
    """A withdrawal came after the person was shown the form. It wins."""


def allows(subject: Subject, purpose: str, channel: str = "", *, site: str = "") -> bool:
    """Whether we may process this person's data for this purpose now.

    For the group's mailings the site must be named: a consent covers only the sites it named.
    """
    basis = PURPOSES[purpose].basis
    if (purpose == "group") != bool(site):
        raise ValueError("A site is named for the purpose of the group, and only there.")
    state = Subject.objects.values_list("state", flat=True).get(pk=subject.pk)
    if state in (Subject.State.ERASED, Subject.State.ERASING):
        return basis == Basis.LAW
    if state == Subject.State.RESTRICTED and basis not in OUTLASTS_RESTRICTION:
        return False
    if basis == Basis.LAW:
        return True
    if purpose not in purposes_in_force():
        return False
    if basis == Basis.CONTRACT:
        return True
    if basis == Basis.INTEREST:
        # Also to what they objected before they had an account.
        family = Subject.families([subject])
        objected = Consent.objects.filter(subject__in=family, purpose=purpose, act=Act.OBJECTED)
        return not objected.exists()
    consent = (
        Consent.objects.filter(subject=subject, purpose=purpose, channel=channel)
        .select_related("entry")
        .first()
    )
    return (
        consent is not None
        and consent.is_given
        and (not site or (site in consent.entry.scope and site in scope(purpose)))
    )


def allowing(people: Iterable[UUID], purpose: str) -> set[UUID]:
    """Of these people those for whom `allows` says yes, of a purpose of legitimate interest."""
    if PURPOSES[purpose].basis != Basis.INTEREST:
        raise ValueError("Of many at once only what rests on an interest can be asked.")
    if purpose not in purposes_in_force():
        return set()
    objected = Consent.objects.filter(purpose=purpose, act=Act.OBJECTED).values("subject")
    active = Subject.objects.filter(pk__in=list(people), state=Subject.State.ACTIVE)
    against = Subject.objects.filter(Q(pk__in=objected) | Q(parts__in=objected))
    return set(active.exclude(pk__in=against.values("pk")).values_list("pk", flat=True))


def give(
    subject: Subject,
    purpose: str,
    channel: str,
    occasion: Occasion,
    *,
    shown: str,
    seen: int,
) -> None:
    """Record that the person agrees to the words whose hash is `shown`, or change nothing.

    `seen` is the length of the person's chain when the form was made (`entries_seen`). Whoever
    withdraws always adds an entry, so whichever of two racing acts takes the chain's lock first,
    the end is "withdrawn": either the withdrawal comes last, or it is found here.
    """
    sentence = offered_sentence(purpose, channel)
    if text_hash(sentence) != shown:
        raise Changed
    version = version_in_force(Document.Slug.PRIVACY)
    with transaction.atomic():
        chain = locked_chain(subject)
        if seen > chain.length:
            raise Changed  # nobody can have seen what has not happened
        since = ConsentEntry.objects.filter(subject=subject, sequence__gt=seen)
        if since.withdrawals().exists():
            raise WithdrawnSince
        facts = {
            "purpose": purpose,
            "channel": channel,
            "basis": Basis.CONSENT,
            "version": version,
            "scope": scope(purpose),
            "sentence": sentence,
        }
        standing = Consent.objects.filter(
            subject=subject, purpose=purpose, channel=channel, act=Act.GIVEN
        ).select_related("entry")
        if former := standing.first():
            if former.entry.sentence == sentence and former.entry.version_id == version.pk:
                return  # pressed twice
            append(chain, Act.SUPERSEDED, occasion, **facts)
        append(chain, Act.GIVEN, occasion, **facts)


def give_by_order(
    subject: Subject, version: Version | None, occasion: Occasion, *, sentence: str
) -> ConsentEntry:
    """Record the sentence at the order button, in the transaction that makes the order.

    The order itself is a contract (GDPR, Article 6(1)(b)); the law of Kazakhstan wants the
    consent recorded beside it. Raises `NotOffered` when no clause in force allows orders, and
    `Changed` when the policy in force is not the one shown.
    """
    if not allows(subject, "orders"):
        raise NotOffered
    if version is None or version != version_in_force(Document.Slug.PRIVACY):
        raise Changed
    return append(
        locked_chain(subject),
        Act.GIVEN,
        occasion,
        purpose="orders",
        basis=Basis.CONTRACT,
        version=version,
        sentence=sentence,
    )


def withdraw(subject: Subject, purpose: str, channel: str, occasion: Occasion) -> None:
    """Record that the person does not agree any more, policy or no policy in force.

    Also when nothing was given: the entry refuses whatever consent is on its way (see `give`).
    """
    record_end(Act.WITHDRAWN, subject, purpose, channel, occasion)


def refuse(subject: Subject, purpose: str, channel: str, occasion: Occasion) -> None:
    """Record that the person was asked and said no."""
    record_end(Act.REFUSED, subject, purpose, channel, occasion)


def record_end(act, subject, purpose, channel, occasion):
    with transaction.atomic(savepoint=False):
        chain = locked_chain(subject)
        append(
            chain,
            act,
            occasion,
            purpose=purpose,
            channel=channel,
            basis=Basis.CONSENT,
            version=version_in_force(Document.Slug.PRIVACY),
            scope=scope(purpose),
            sentence=consent_sentence(purpose, channel),
        )


def withdraw_all(subject: Subject, occasion: Occasion, *, sentence: str) -> None:
    """Withdraw whatever rests on consent, in one act; an order rests on the contract."""
    with transaction.atomic():
        append(
            locked_chain(subject),
            Act.WITHDRAWN,
            occasion,
            purpose=EVERYTHING,
            basis=Basis.CONSENT,
            version=version_in_force(Document.Slug.PRIVACY),
            sentence=sentence,
        )


def object_to(subject: Subject, purpose: str, occasion: Occasion, *, sentence: str) -> None:
    """Record an objection, once: a signal that comes with every page is one act."""
    standing = Consent.objects.filter(subject=subject, purpose=purpose, act=Act.OBJECTED)
    if standing.exists():
        return
    with transaction.atomic():
        chain = locked_chain(subject)
        if standing.exists():
            return
        append(
            chain,
            Act.OBJECTED,
            occasion,
            purpose=purpose,
            basis=PURPOSES[purpose].basis,
            version=version_in_force(Document.Slug.PRIVACY),
            sentence=sentence,
        )


def lift_objection(subject: Subject, purpose: str, occasion: Occasion, *, sentence: str) -> None:
    """Record that an objection, if there is one, was taken back or did not prevail."""
    standing = Consent.objects.filter(subject=subject, purpose=purpose, act=Act.OBJECTED)
    with transaction.atomic():
        chain = locked_chain(subject)
        if standing.exists():
            append(
                chain,
                Act.SUPERSEDED,
                occasion,
                purpose=purpose,
                basis=PURPOSES[purpose].basis,
                version=version_in_force(Document.Slug.PRIVACY),
                sentence=sentence,
            )


def entries_seen(subject: Subject) -> int:
    """How far the ledger has come, for a form that shows its state to the person."""
    return ConsentEntry.objects.filter(subject=subject).count()


def offered_sentence(purpose, channel):
    try:
        sentence = consent_sentence(purpose, channel)
    except KeyError as error:
        raise NotOffered from error
    if purpose not in purposes_in_force() or (purpose == "group" and not scope(purpose)):
        raise NotOffered
    return sentence
