"""The rules that a decision cites: a clause of a version of a document, as everybody reads it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from privacy.models import Clause, Document, Version

DOCUMENTS = [
    Document.Slug.ADS,
    Document.Slug.POSTING,
    Document.Slug.ITEMS,
    Document.Slug.TERMS,
]


class WithoutRule(Exception):
    """A decision cites no rule that is in force."""


@dataclass(frozen=True, order=True)
class Rule:
    document: str
    version: int
    clause: str

    @classmethod
    def read(cls, written: str) -> "Rule":
        document, version, clause = written.split("/")
        return cls(document, int(version), clause)

    def __str__(self):
        return f"{self.document}/{self.version}/{self.clause}"

    @property
    def words(self):
        return _("%(document)s, version %(version)d, clause %(clause)s") % {
            "document": Document.Slug(self.document).label,
            "version": self.version,
            "clause": self.clause,
        }

    def get_absolute_url(self):
        page = reverse(f"privacy:{self.document}-version", args=[self.version])
        return f"{page}#c-{self.clause}"


class RulesInForce:
    """Read once for a page, in two queries."""

    def __init__(self):
        versions = Version.objects.effective().filter(document__in=DOCUMENTS).defer("record")
        newest = list(versions.order_by("document", "-number", "-pk").distinct("document"))
        documents = {version.pk: version for version in newest}
        clauses = Clause.objects.filter(version__in=newest, is_suspended=False)
        self.texts = {
            Rule(version.document_id, version.number, clause.number): clause
            for clause in sorted(clauses, key=lambda clause: clause.parts)
            if (version := documents[clause.version_id]) and not clause.is_section
        }
        self.by_place = {(rule.document, rule.clause): rule for rule in self.texts}

    def rule(self, document: str, clause: str) -> Rule:
        try:
            return self.by_place[document, clause]
        except KeyError:
            raise WithoutRule from None

    def written(self, rule: str) -> Rule:
        """What a form says; only of what is in force."""
        found = next((one for one in self.texts if str(one) == rule), None)
        if found is None:
            raise WithoutRule
        return found
