import hashlib
import hmac
import json
from datetime import UTC

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privacy.models.documents import Version
from privacy.models.processing import ProcessingAct
from privacy.models.subject import Subject
from privacy.purposes import PURPOSES, Basis
from privacy.registers import COLLECTION_POINTS

# In place of a purpose: the act concerns every consent the person gave.
EVERYTHING = "*"
BEFORE_THE_FIRST = "0" * 64


class Channel(models.TextChoices):
    """How a mailing reaches somebody."""

    EMAIL = "email", _("by e-mail")
    POST = "post", _("by post")
    PHONE = "phone", _("by phone")


class ConsentEntryQuerySet(models.QuerySet):
    def of(self, subject):
        return self.filter(subject=subject).order_by("sequence")

    def withdrawals(self):
        return self.filter(act__in=ConsentEntry.ENDINGS)

    def about_documents(self):
        """What people answered when they were shown the policy or the agreement."""
        return self.filter(purpose="")


class ConsentEntry(models.Model):
    """One act of one person, as it happened. The database refuses to change or delete it.

    The entries of a person are a chain: each holds the hash of the one before.
    """

    class Act(models.TextChoices):
        GIVEN = "given", _("given")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        SUPERSEDED = "superseded", _("replaced by a newer one")
        OBJECTED = "objected", _("objected")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")

    ENDINGS = [Act.WITHDRAWN, Act.OBJECTED]

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="consent_entries")
    sequence = models.PositiveIntegerField(_("number in the person's chain"))
    previous_hash = models.CharField(_("hash of the entry before"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)
    act = models.CharField(_("act"), max_length=12, choices=Act)
    processing = models.CharField(_("kind of processing"), max_length=17, choices=ProcessingAct)
    # A key of privacy.purposes, EVERYTHING, or empty: then the act concerns the document alone.
    purpose = models.CharField(_("purpose"), max_length=20, blank=True)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel, blank=True)
    # Whom it extends to beside the operator: the sites named in the sentence.
    scope = models.JSONField(_("sites named"), default=list, blank=True)
    basis = models.CharField(_("legal basis"), max_length=20)
    version = models.ForeignKey(
        Version,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("version of the document"),
    )
    version_digest = models.CharField(_("digest of the document"), max_length=64, blank=True)
    sentence = models.TextField(_("sentence shown"))
    sentence_hash = models.CharField(_("hash of the sentence"), max_length=64)
    language = models.CharField(_("language"), max_length=2)
    form = models.CharField(_("form"), max_length=60)
    button = models.CharField(_("words on the button"), max_length=200)
    at = models.DateTimeField(_("time"))

    objects = ConsentEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the consent ledger")
        verbose_name_plural = _("consent ledger")
        constraints = [
            models.UniqueConstraint(fields=["subject", "sequence"], name="consent_entry_in_chain"),
            models.CheckConstraint(
                condition=Q(
                    act__in=[
                        "given",
                        "refused",
                        "withdrawn",
                        "superseded",
                        "objected",
                        "acknowledged",
                    ]
                ),
                name="consent_entry_act_known",
            ),
            models.CheckConstraint(
                condition=Q(processing__in=ProcessingAct.values),
                name="consent_entry_processing_known",
            ),
            models.CheckConstraint(
                condition=~Q(act__in=["given", "acknowledged"]) | Q(version__isnull=False),
                name="consent_entry_names_version",
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def is_about_documents(self):
        return not self.purpose

    @property
    def about(self):
        """What the act concerns, in words."""
        if self.is_about_documents:
            return str(self.version)
        if self.purpose == EVERYTHING:
            return _("all consents")
        name = PURPOSES[self.purpose].name
        if not self.channel:
            return name
        return gettext("%(purpose)s, %(channel)s") % {
            "purpose": name,
            "channel": self.get_channel_display(),
        }

    @property
    def purpose_words(self):
        return "" if self.is_about_documents else self.about

    @property
    def form_words(self):
        return self.place

    @property
    def place(self):
        return place_of(self.form)

    @property
    def basis_words(self):
        return Basis(self.basis).label

    @property
    def content(self):
        """What the hash covers, and what a receipt shows: everything but the number of the row."""
        return {
            "subject": str(self.subject_id),
            "sequence": self.sequence,
            "previous_hash": self.previous_hash,
            "act": self.act,
            "processing": self.processing,
            "purpose": self.purpose,
            "channel": self.channel,
            "scope": self.scope,
            "basis": self.basis,
            "version": self.version_id,
            "version_digest": self.version_digest,
            "sentence": self.sentence,
            "sentence_hash": self.sentence_hash,
            "language": self.language,
            "form": self.form,
            "button": self.button,
            "at": in_utc(self.at),
        }

    def content_hash(self):
        return text_hash(canonical(self.content))


def place_of(form: str) -> str:
    """Where it was, in words; forms that are no more still have their name."""
    point = COLLECTION_POINTS.get(form)
    return str(point.what) if point else form


class ConsentEvidence(models.Model):
    """From where an act came. Apart from the ledger, because erasure takes it away."""

    entry = models.OneToOneField(
        ConsentEntry, on_delete=models.PROTECT, primary_key=True, related_name="evidence"
    )
    network = models.CharField(_("network"), max_length=43, blank=True)
    browser = models.CharField(_("browser family"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("evidence of a consent")
        verbose_name_plural = _("evidence of consents")

    def __str__(self):
        return f"№ {self.pk}"


class ConsentChain(models.Model):
    """The end of a person's chain, and the lock under which it grows.

    The seal is keyed: who can write to the database but does not know the key cannot rewrite a
    chain. They can put back a chain as it once was, seal and all; what is then missing shows
    if a `LedgerRun` had counted it.
    """

    subject = models.OneToOneField(
        Subject, on_delete=models.PROTECT, primary_key=True, related_name="consent_chain"
    )
    length = models.PositiveIntegerField(_("entries"), default=0)
    head = models.CharField(_("hash of the last entry"), max_length=64, default=BEFORE_THE_FIRST)
    seal = models.CharField(_("seal"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("chain of consents")
        verbose_name_plural = _("chains of consents")

    def __str__(self):
        return str(self.subject_id)

    def expected_seal(self):
        return keyed_hash(f"{self.subject_id}:{self.length}:{self.head}")

    def end_with(self, entry: ConsentEntry) -> None:
        """The caller saves both."""
        self.length, self.head = entry.sequence, entry.hash
        self.seal = self.expected_seal()


class Consent(models.Model):
    """How things stand between a person and one purpose: the last entry that concerns it."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=20)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel, blank=True)
    act = models.CharField(_("state"), max_length=12, choices=ConsentEntry.Act)
    entry = models.ForeignKey(ConsentEntry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "purpose", "channel"], name="consent_once_per_purpose"
            )
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def is_given(self):
        return self.act == ConsentEntry.Act.GIVEN

    @property
    def purpose_words(self):
        return PURPOSES[self.purpose].name


class LedgerRun(models.Model):
    """One verification of the whole ledger, in as many steps as it takes.

    Each is sealed over the one before, so none can be changed, nor taken out, nor can the first
    ones go, unseen. That the last ones went does not show from the database alone: the log and
    `manage.py ledger verify` name the seal of each run, to be compared with what was kept
    elsewhere.
    """

    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)
    # The last person whose chain was looked at.
    reached = models.UUIDField(_("reached"), null=True, editable=False)
    entries = models.PositiveBigIntegerField(_("entries verified"), default=0, editable=False)
    last_entry = models.PositiveBigIntegerField(_("last entry"), default=0, editable=False)
    faults = models.JSONField(_("faults"), default=list, editable=False)
    seal = models.CharField(_("seal"), max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("verification of the ledger")
        verbose_name_plural = _("verifications of the ledger")
        ordering = ["-pk"]
        constraints = [
            # Of two at the same time neither would know over which it is sealed.
            models.UniqueConstraint(
                fields=["finished_at"], nulls_distinct=False, name="ledger_run_one_at_a_time"
            )
        ]

    def __str__(self):
        return f"№ {self.pk}"

    def expected_seal(self, seal_before):
        return keyed_hash(
            canonical(
                {
                    "before": seal_before,
                    "number": self.pk,
                    "started_at": in_utc(self.started_at),
                    "finished_at": in_utc(self.finished_at),
                    "entries": self.entries,
                    "last_entry": self.last_entry,
                    "faults": self.faults,
                }
            )
        )


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def keyed_hash(text: str) -> str:
    return hmac.new(settings.PRIVACY_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def canonical(facts: dict) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def in_utc(moment):
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
