"""Why an ad is refused: each reason with its rule, and with what its seller is told."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from moderation.rules import Rule, RulesInForce
from privacy.models import Document

ADS, POSTING = Document.Slug.ADS, Document.Slug.POSTING

# A reported ad is looked at, and may be hidden until then.
AFTER_REPORTS = ADS, "5.5"


class Reason(models.TextChoices):
    CONTACTS = "contacts", _("Contacts in the title or description")
    CATEGORY = "category", _("The category does not fit")
    SEVERAL = "several", _("Several objects in one ad")
    DUPLICATE = "duplicate", _("The same object is published already")
    TITLE = "title", _("The title does not name the object")
    UNREADABLE = "unreadable", _("The text does not tell enough, or cannot be read")
    CAPITALS = "capitals", _("Capitals throughout, or another language")
    PRICE = "price", _("The price is not real")
    PHOTO = "photo", _("The photos do not show this object well")
    OTHERS_PHOTO = "others_photo", _("Photos or texts of somebody else")
    NOT_THERE = "not_there", _("The object is not there to be sold")
    UNTRUE = "untrue", _("Something is not true")
    PAPERS = "papers", _("A licence, certificate or registration is missing")
    VETERINARY = "veterinary", _("Veterinary, phytosanitary or sanitary papers are missing")
    PROHIBITED = "prohibited", _("Goods that may not be traded")
    PURPOSE = "purpose", _("Not what this portal is for")
    OFFENCE = "offence", _("Insults, threats or incitement")
    SPAM = "spam", _("Spam or dangerous links")
    PERSONAL = "personal", _("Personal data of somebody else")
    SPECIAL = "special", _("Somebody's health, beliefs, origin or politics")
    OTHER = "other", _("Another rule, chosen below")


RULES = {
    Reason.CONTACTS: (ADS, "2.4"),
    Reason.CATEGORY: (ADS, "1.2"),
    Reason.SEVERAL: (ADS, "1.1"),
    Reason.DUPLICATE: (ADS, "1.4"),
    Reason.TITLE: (ADS, "2.1"),
    Reason.UNREADABLE: (ADS, "2.2"),
    Reason.CAPITALS: (POSTING, "1.3"),
    Reason.PRICE: (ADS, "3.1"),
    Reason.PHOTO: (ADS, "4.1"),
    Reason.OTHERS_PHOTO: (POSTING, "2.3"),
    Reason.NOT_THERE: (ADS, "1.3"),
    Reason.UNTRUE: (POSTING, "2.1"),
    Reason.PAPERS: (POSTING, "3.2"),
    Reason.VETERINARY: (POSTING, "3.3"),
    Reason.PROHIBITED: (POSTING, "3.1"),
    Reason.PURPOSE: (POSTING, "3.5"),
    Reason.OFFENCE: (POSTING, "3.6"),
    Reason.SPAM: (POSTING, "3.7"),
    Reason.PERSONAL: (POSTING, "4.2"),
    Reason.SPECIAL: (POSTING, "4.3"),
}

WHAT_TO_DO = {
    Reason.CONTACTS: _(
        "Take phones, e-mails, sites and names in messengers out of the text: the form has fields "
        "for them, and buyers see them there."
    ),
    Reason.CATEGORY: _("Choose the category of this very object and send the ad again."),
    Reason.SEVERAL: _("Leave one object in this ad and make an ad of its own for each other."),
    Reason.DUPLICATE: _("Renew or edit the ad you have instead of publishing a copy."),
    Reason.TITLE: _(
        "Write what it is, the make or grade and the main quantity, without price and appeals."
    ),
    Reason.UNREADABLE: _(
        "Describe condition, properties, known defects and terms of delivery in whole sentences."
    ),
    Reason.CAPITALS: _("Write in Kazakh, Russian or English, in small letters."),
    Reason.PRICE: _(
        "Give the real price for the unit, or choose “on request” or “negotiable” instead."
    ),
    Reason.PHOTO: _(
        "Put in sharp photos of this very object, without contacts, prices, frames and collages."
    ),
    Reason.OTHERS_PHOTO: _("Put in photos and a text of your own, without watermarks of others."),
    Reason.NOT_THERE: _("Publish the ad when you have the object, can make or can deliver it."),
    Reason.UNTRUE: _("Correct what is said below and send the ad again."),
    Reason.PAPERS: _("Name the licence, certificate or registration in the ad, or attach it."),
    Reason.VETERINARY: _("Name the papers that the law asks for in the ad, or attach them."),
    Reason.PROHIBITED: _("Such goods cannot be offered or sought here."),
    Reason.PURPOSE: _("This portal is for industry and agriculture; it cannot be published here."),
    Reason.OFFENCE: _("Take it out and send the ad again."),
    Reason.SPAM: _("Take repeated texts and links out and send the ad again."),
    Reason.PERSONAL: _("Take names, papers, addresses and faces of others out of it."),
    Reason.SPECIAL: _(
        "Take it out. Words that are part of the name of a breed, a variety or a product may stay."
    ),
    Reason.OTHER: _("Read the rule named below, correct the ad and send it again."),
}


def rules_of(reasons: list[str], rules: RulesInForce) -> list[Rule]:
    """In the order of the reasons; raises `WithoutRule` where no clause in force stands behind."""
    return [rules.rule(*RULES[Reason(one)]) for one in reasons if one != Reason.OTHER]
