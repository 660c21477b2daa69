"""The documents people rely on: taken over from the shipped texts, compared, published."""

import json
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from pathlib import Path

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from privacy.cookie_table import cookie_clauses
from privacy.models import Clause, ControllerIdentity, Document, Version
from privacy.purposes import PURPOSES

SHIPPED = Path(__file__).parent / "texts"
LANGUAGES = [code for code, _name in settings.LANGUAGES]


class Unreadable(Exception):
    """A shipped text is missing or is not written as the others are."""


class NotPublishable(Exception):
    """What stands against it, as sentences for whoever publishes."""

    def __init__(self, problems):
        super().__init__(" ".join(problems))
        self.problems = problems


def version_in_force(slug: str) -> Version | None:
    versions = Version.objects.effective().filter(document=slug).select_related("document")
    # The record is by far the longest, and this is asked at every consent.
    return versions.defer("record").newest_first().first()


def coming_versions(slug: str) -> list[Version]:
    """Those announced, the nearest first, without those that a newer one will have overtaken."""
    coming = []
    announced = Version.objects.published().filter(document=slug, effective_at__gt=timezone.now())
    for version in announced.newest_first():
        if not coming or version.effective_at < coming[0].effective_at:
            coming.insert(0, version)
    return coming


def purposes_in_force() -> frozenset[str]:
    """What a clause of the policy in force allows; a suspended clause allows nothing."""
    version = version_in_force(Document.Slug.PRIVACY)
    return purposes_of(version) if version else frozenset()


def purposes_of(version: Version) -> frozenset[str]:
    clauses = version.clauses.filter(is_suspended=False).exclude(purposes=[])
    return frozenset(key for keys in clauses.values_list("purposes", flat=True) for key in keys)


def content(version: Version, clauses) -> dict:
    """All that a version says, in an order that does not depend on how it was stored."""
    return {
        "title": in_each_language(version, "title"),
        "summary": in_each_language(version, "summary"),
        "clauses": [
            {
                "number": clause.number,
                "heading": in_each_language(clause, "heading"),
                "text": in_each_language(clause, "text"),
                "covers": clause.covers,
                "purposes": clause.purposes,
                "is_suspended": clause.is_suspended,
            }
            for clause in sorted(clauses, key=lambda clause: clause.parts)
        ],
    }


def record_of(version: Version, clauses) -> str:
    """What is published for ever; `verification` makes it again from the rows and compares."""
    return as_text(
        {
            "document": version.document_id,
            "number": version.number,
            "published_at": version.published_at.astimezone(UTC).isoformat(),
            "effective_at": version.effective_at.astimezone(UTC).isoformat(),
            "is_material": version.is_material,
        }
        | content(version, clauses)
    )


def in_each_language(row, name):
    return {code: getattr(row, f"{name}_{code}") for code in LANGUAGES}


def as_text(facts: dict) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def content_digest(version: Version) -> str:
    return digest_of(as_text(content(version, version.clauses.all())))


# Publishing


def publish(draft: Version, *, as_seen: str, is_material: bool, effective_at=None) -> Version:
    """Make the draft the next version, for ever.

    `as_seen` is the content digest of the draft that whoever publishes has read.
    """
    with transaction.atomic():
        # One at a time per document; the row of the version keeps its clauses from changing.
        Document.objects.select_for_update().get(pk=draft.document_id)
        version = Version.objects.select_for_update().get(pk=draft.pk)
        if version.is_published:
            raise NotPublishable([_("This version is published already.")])
        clauses = list(version.clauses.all())
        if digest_of(as_text(content(version, clauses))) != as_seen:
            raise NotPublishable([_("The draft has changed since you opened this page.")])
        if problems := problems_of(version, clauses):
            raise NotPublishable(problems)
        version.published_at = timezone.now()
        version.effective_at = effective_at or version.published_at
        if version.effective_at < version.published_at:
            raise NotPublishable([_("The date lies in the past. Leave it empty for “at once”.")])
        newest = Version.objects.published().filter(document=version.document).newest_first()
        version.number = newest.values_list("number", flat=True).first() or 0
        version.number += 1
        version.is_material = is_material
        version.record = record_of(version, clauses)
        version.digest = digest_of(version.record)
        version.save()
    return version


def problems_of(version: Version, clauses) -> list[str]:
    """Why this draft cannot be published, as sentences; empty if it can."""
    problems = []
    if not ControllerIdentity.objects.exists():
        problems.append(
            _(
                "The record of the operator is empty. People must be told who answers for their "
                "data: fill in the name, the BIN and the contacts first."
            )
        )
    if not clauses:
        problems.append(_("There is not a single clause."))
    for name, sentence in [
        ("title", _("The title is missing in: %(languages)s.")),
        ("summary", _("The short text is missing in: %(languages)s.")),
    ]:
        if missing := languages_without(version, name):
            problems.append(sentence % {"languages": listed(missing)})
    for clause in sorted(clauses, key=lambda clause: clause.parts):
        problems += problems_of_clause(clause)
    if version.document_id == Document.Slug.COOKIES and not has_current_table(clauses):
        problems.append(
            _(
                "The table of cookies is not that of the register any more. "
                "Save the draft once: the table is then taken over again."
            )
        )
    return problems


def problems_of_clause(clause):
    problems = []
    without_heading = languages_without(clause, "heading")
    without_text = languages_without(clause, "text")
    if len(without_heading) == len(without_text) == len(LANGUAGES):
        problems.append(_("Clause %(number)s says nothing.") % {"number": clause.number})
    for missing, sentence in [
        (without_heading, _("The heading of clause %(number)s is missing in: %(languages)s.")),
        (without_text, _("The text of clause %(number)s is missing in: %(languages)s.")),
    ]:
        if 0 < len(missing) < len(LANGUAGES):
            problems.append(sentence % {"number": clause.number, "languages": listed(missing)})
    if unknown := [key for key in clause.purposes if key not in PURPOSES]:
        problems.append(
            _("Clause %(number)s names purposes that do not exist: %(purposes)s.")
            % {"number": clause.number, "purposes": ", ".join(unknown)}
        )
    return problems


def languages_without(row, name):
    return [code for code, text in in_each_language(row, name).items() if not text.strip()]


def listed(codes):
    return ", ".join(str(get_language_info(code)["name_translated"]) for code in codes)


# Drafts


def begin_draft(draft: Version):
    """Save a new draft as a copy of the newest published version, if the document has one."""
    with transaction.atomic():
        newest = draft.document.versions.published().newest_first().first()
        for name in ("title", "summary") if newest else ():
            for code in LANGUAGES:
                setattr(draft, f"{name}_{code}", getattr(newest, f"{name}_{code}"))
        draft.save()
        clauses = newest.clauses_in_order() if newest else []
        for clause in clauses:
            clause.pk, clause.version = None, draft
        Clause.objects.bulk_create(clauses)
        take_over_cookies(draft)


def take_over_cookies(draft: Version):
    """Give a draft of the cookie page the table of the register as it is now."""
    if draft.document_id != Document.Slug.COOKIES:
        return
    with transaction.atomic():
        draft.clauses.filter(is_generated=True).delete()
        table = cookie_clauses(after=draft.clauses.all())
        for clause in table:
            clause.version = draft
        Clause.objects.bulk_create(table)


def has_current_table(clauses):
    written = [clause for clause in clauses if not clause.is_generated]
    table = [clause for clause in clauses if clause.is_generated]
    return content(Version(), table) == content(Version(), cookie_clauses(after=written))


# The texts shipped with the software


@dataclass(frozen=True)
class Outcome:
    """What became of one shipped text."""

    document: Document
    version: Version | None = None
    problems: tuple[str, ...] = ()


def load(slug: str, folder: Path = SHIPPED) -> Outcome:
    """Take over the shipped text: the first as version 1, a changed one as a draft.

    Safe to run at any moment, any number of times. A draft that somebody has touched is left alone.
    """
    shipped, clauses = read(folder / f"{slug}.yaml", slug)
    digest = digest_of(as_text(content(shipped, clauses)))
    with transaction.atomic():
        Document.objects.get_or_create(slug=slug)
        document = Document.objects.select_for_update().get(slug=slug)
        untouched = [
            draft
            for draft in document.versions.drafts().exclude(shipped_digest="")
            if content_digest(draft) == draft.shipped_digest
        ]
        version = next((draft for draft in untouched if draft.shipped_digest == digest), None)
        for draft in untouched:
            if draft != version:
                draft.delete()
        newest = document.versions.published().newest_first().first()
        if version is None and not is_known(document, newest, digest):
            version = shipped
            version.document, version.shipped_digest = document, digest
            version.save()
            for clause in clauses:
                clause.version = version
            Clause.objects.bulk_create(clauses)
        if version is None or newest is not None:
            return Outcome(document, version)
        try:
            version = publish(version, as_seen=digest, is_material=True)
        except NotPublishable as refusal:
            return Outcome(document, version, tuple(refusal.problems))
        return Outcome(document, version)


def is_known(document, newest, digest):
    return (
        document.versions.filter(shipped_digest=digest).exists()
        or newest is not None
        and content_digest(newest) == digest
    )


def read(path: Path, slug: str) -> tuple[Version, list[Clause]]:
    """The unsaved rows that a shipped text describes."""
    try:
        facts = yaml.safe_load(path.read_text(encoding="utf-8"))
        version = Version(
            document_id=slug, **translations(facts, "title"), **translations(facts, "summary")
        )
        clauses = [read_clause(clause) for clause in facts.get("clauses", [])]
        version.clean_fields(exclude=["document"])
        numbers = set()
        for clause in clauses:
            clause.clean_fields(exclude=["version"])
            if clause.number in numbers:
                raise ValueError(f"the number {clause.number} is used more than once")
            numbers.add(clause.number)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, ValidationError, ValueError, TypeError, AttributeError) as error:
        raise Unreadable(f"{path.name} is not a document: {error}") from error
    if slug == Document.Slug.COOKIES:
        clauses += cookie_clauses(after=clauses)
    return version, clauses


def read_clause(facts):
    refuse_unknown(facts, {"number", "heading", "text", "covers", "purposes"})
    return Clause(
        number=facts.get("number", ""),
        covers=facts.get("covers", []),
        purposes=facts.get("purposes", []),
        **translations(facts, "heading"),
        **translations(facts, "text"),
    )


def translations(facts, name):
    texts = facts.get(name, {})
    refuse_unknown(texts, set(LANGUAGES))
    return {f"{name}_{code}": str(texts.get(code, "")).strip() for code in LANGUAGES}


def refuse_unknown(facts, known):
    if unknown := facts.keys() - known:
        raise ValueError(f"unknown key {sorted(map(str, unknown))[0]!r}")
