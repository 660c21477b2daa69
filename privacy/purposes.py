"""What personal data is for: a closed list. Documents, consents and the data map use its keys."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Basis(models.TextChoices):
    """Why the law lets us process: GDPR, Article 6(1)."""

    CONTRACT = "contract", _("a contract with you, or steps you asked for before one")
    LAW = "law", _("a duty set by law")
    INTEREST = "interest", _("a legitimate interest that yours do not outweigh")
    CONSENT = "consent", _("your consent, which you can withdraw at any time")


@dataclass(frozen=True)
class Purpose:
    key: str
    name: Promise
    sentence: Promise
    basis: Basis
    # Whoever objects is left out. Of what has to be done for all or for nobody staff weigh both
    # sides, and say what outweighs.
    ends_with_objection: bool = False

    @property
    def needs_consent(self):
        return self.basis == Basis.CONSENT


PURPOSES = {
    purpose.key: purpose
    for purpose in [
        Purpose(
            "identify",
            _("Recognising you"),
            _("To know that it is you who signs in, and nobody else."),
            Basis.CONTRACT,
        ),
        Purpose(
            "service",
            _("Running your account"),
            _("To provide the services of the portal and to write to you about them."),
            Basis.CONTRACT,
        ),
        Purpose(
            "orders",
            _("Orders"),
            _("To pass an order to its seller and to keep both sides informed of it."),
            Basis.CONTRACT,
        ),
        Purpose(
            "contact",
            _("Messages"),
            _("To deliver messages between users and to answer those who write to us."),
            Basis.CONTRACT,
        ),
        Purpose(
            "security",
            _("Security"),
            _("To keep strangers out of accounts, and attacks and abuse away from the portal."),
            Basis.INTEREST,
        ),
        Purpose(
            "compliance",
            _("Keeping the rules"),
            _("To see that the agreement and the rules are kept, and to prove that we keep ours."),
            Basis.INTEREST,
        ),
        Purpose(
            "callback",
            _("Calling back"),
            _("To call you because you asked for it."),
            Basis.CONTRACT,
        ),
        Purpose(
            "feedback",
            _("Feedback"),
            _("To answer what you tell us about the portal and to improve it."),
            Basis.INTEREST,
        ),
        Purpose(
            "survey",
            _("Surveys"),
            _("To learn from answers you give in a survey with your name."),
            Basis.CONSENT,
        ),
        Purpose(
            "news",
            _("News of the portal"),
            _("To send you news of the portal."),
            Basis.CONSENT,
        ),
        Purpose(
            "promotions",
            _("Promotions"),
            _("To tell you of promotions on the portal."),
            Basis.CONSENT,
        ),
        Purpose(
            "offers",
            _("Commercial offers"),
            _("To send you commercial offers."),
            Basis.CONSENT,
        ),
        Purpose(
            "group",
            _("News of the group"),
            _("To send you news and promotions of other sites of the group."),
            Basis.CONSENT,
        ),
        Purpose(
            "analytics",
            _("Analysing use"),
            _("To understand how people use the portal, from what you do on it."),
            Basis.CONSENT,
        ),
        Purpose(
            "statistics",
            _("Statistics"),
            _("To count without names, so that no figure can be tied to a person."),
            Basis.INTEREST,
            ends_with_objection=True,
        ),
        Purpose(
            "contracts",
            _("Service contracts"),
            _("To conclude and carry out contracts for paid services, and to keep their papers."),
            Basis.LAW,
        ),
        Purpose(
            "claims",
            _("Complaints and claims"),
            _("To examine complaints, and to establish, exercise or defend legal claims."),
            Basis.INTEREST,
        ),
    ]
}
