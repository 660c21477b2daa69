"""Decisions are about ads and those who sell; complaints and appeals are people's own words.

Of a company they say nothing about a person, and lead to nobody.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from listings.personal_data.ads import OF_THE_AD, ROW_NUMBER, with_the_ad
from moderation import erasing, forms, reporting
from moderation.models import (
    Appeal,
    Ban,
    BanMark,
    Claim,
    Complaint,
    Decision,
    Removal,
    StopWord,
    ban,
    removal,
)
from moderation.models.complaint import KEPT_FOR
from moderation.tasks import decline_orders_of_blocked, forget_old
from privacy.data_map import (
    IN_PLACE,
    FreeText,
    People,
    Personal,
    Recipient,
    Remove,
    Source,
    StaysNameless,
    describe,
    not_personal,
)
from privacy.erasure import registry
from privacy.registers import (
    CachePrefix,
    Column,
    kept_in,
    not_kept,
    register_cache,
    register_form,
    register_task,
)
from privacy.retention import ByRule, Until

BY_STAFF = not_personal(_("points to the member of staff who acted"), "by")

ABOUT_THE_AD = {
    "purposes": ["compliance"],
    "kept": with_the_ad(_("as long as the ad is kept")),
    "source": Source.PORTAL,
    "shown_to": (Recipient.COLLEAGUES, Recipient.STAFF),
}
describe(
    Decision,
    title=_("What moderators decided about your ads"),
    people=People.HOLDERS,
    subject="listing__seller__subject",
    fields={
        **dict.fromkeys(
            ("matter", "act", "reasons", "rules"), Personal("moderation.decision", **ABOUT_THE_AD)
        ),
        "note": FreeText("moderation.decision", **ABOUT_THE_AD),
        **dict.fromkeys(("at", "overturned_at"), Personal("trace.time", **ABOUT_THE_AD)),
        **OF_THE_AD,
        **BY_STAFF,
        **ROW_NUMBER,
    },
    beside=("listing", "listing__title"),
)

OFF_THE_PAGE = ABOUT_THE_AD | {
    "kept": ByRule(_("12 months after it was decided"), removal.over),
}
describe(
    Removal,
    title=_("What moderators removed from your page as a seller"),
    people=People.HOLDERS,
    subject="seller__subject",
    fields={
        **dict.fromkeys(
            ("parts", "reasons", "rules"), Personal("moderation.decision", **OFF_THE_PAGE)
        ),
        "note": FreeText("moderation.decision", **OFF_THE_PAGE),
        "at": Personal("trace.time", **OFF_THE_PAGE),
        **not_personal(_("points to the seller"), "seller"),
        **BY_STAFF,
        **ROW_NUMBER,
    },
)

# What has been sent stays as it was sent, until it is answered.
ABOUT_A_DECISION = ABOUT_THE_AD | {
    "kept": ByRule(
        _("as long as the ad is kept"),
        lambda appeals, now: appeals.filter(
            decision__in=ABOUT_THE_AD["kept"].over(Decision.objects.all(), now)
        ),
    )
}
OWN_WORDS = ABOUT_A_DECISION | {"source": Source.PERSON, "edit": IN_PLACE}
describe(
    Appeal,
    title=_("Your appeals against decisions of moderators"),
    people=People.HOLDERS,
    subject="by__subject",
    remove=Remove(
        may=lambda appeals: appeals.exclude(answer=None).exclude(text=""),
        otherwise=_("A moderator reads it now. Once it is answered you can remove it."),
        # The row says that there was one: there is none after it.
        carry_out=lambda appeals: appeals.update(text=""),
    ),
    fields={
        "text": FreeText("moderation.report", **OWN_WORDS),
        **dict.fromkeys(("at", "due_at"), Personal("trace.time", **ABOUT_A_DECISION)),
        **not_personal(_("points to the account that did it"), "by"),
        **not_personal(_("points to the decision"), "decision", "answer"),
        **ROW_NUMBER,
    },
    beside=("decision", "decision__listing", "decision__act"),
)


def old(complaints, now):
    return complaints.filter(at__lte=now - KEPT_FOR)


def told(complaints, now):
    return old(complaints, now) | complaints.filter(answer__isnull=False).exclude(email="")


def uncounted(complaints, now):
    return complaints.filter(at__lte=now - Complaint.COUNTS_FOR).exclude(network="")


OF_A_VISITOR = {
    "purposes": ["compliance"],
    "kept": with_the_ad(_("12 months after it was sent, never longer than the ad"), old),
    "shown_to": (Recipient.STAFF,),
    "edit": IN_PLACE,
}
FOR_THE_LETTER = OF_A_VISITOR | {
    "kept": with_the_ad(
        _("until the outcome is written to you, at most 12 months and never longer than the ad"),
        told,
    ),
    "shown_to": (Recipient.MAIL_SERVER,),
}
BY_THE_BROWSER = OF_A_VISITOR | {
    "source": Source.DEVICE,
    "purposes": ["security"],
    "shown_to": (),
    "edit": "",
}
describe(
    Complaint,
    title=_("Your reports about ads of others"),
    people=People.EVERYBODY,
    subject="subject",
    remove=Remove(
        may=lambda complaints: complaints,
        otherwise="",
        carry_out=lambda complaints: complaints.forget(),
    ),
    fields={
        "reason": Personal("moderation.report", **OF_A_VISITOR),
        "text": FreeText("moderation.report", **OF_A_VISITOR),
        "email": Personal("contact.email", **FOR_THE_LETTER),
        "language": Personal("profile.language", **FOR_THE_LETTER | {"source": Source.DEVICE}),
        "visitor": Personal("device.network", **BY_THE_BROWSER),
        "network": Personal(
            "device.network",
            **BY_THE_BROWSER | {"kept": with_the_ad(_("14 days after it was sent"), uncounted)},
        ),
        **dict.fromkeys(
            ("at", "on"), Personal("trace.time", **OF_A_VISITOR | {"source": Source.PORTAL})
        ),
        **not_personal(_("points to the person it is about"), "subject"),
        **not_personal(_("points to the decision"), "answer"),
        **OF_THE_AD,
        **ROW_NUMBER,
    },
    beside=("listing", "listing__title"),
)

BANNED = {
    "purposes": ["security", "compliance"],
    "kept": ByRule(_("until the ban is over, and a month more"), ban.over),
    "source": Source.PORTAL,
    "shown_to": (Recipient.STAFF,),
}
WITH_THE_BAN = ByRule(
    BANNED["kept"].words,
    lambda marks, now: marks.filter(ban__in=ban.over(Ban.objects.all(), now)),
)
describe(
    Ban,
    title=_("Bans of your account"),
    people=People.HOLDERS,
    subject="user__subject",
    fields={
        # Such a ban leads to no account; whoever is shut out by it reads that on the page.
        "digest": Personal("contact.digest", **BANNED),
        **not_personal(_("says nothing about one person"), "kind", "hint"),
        "reason": FreeText("moderation.decision", **BANNED),
        **dict.fromkeys(("at", "until", "lifted_at"), Personal("trace.time", **BANNED)),
        **not_personal(_("points to the account that is shut out"), "user"),
        **BY_STAFF,
        **ROW_NUMBER,
    },
)

describe(
    BanMark,
    title=_("By what a ban recognises you once your account is deleted"),
    people=People.HOLDERS,
    subject="subject",
    erase=StaysNameless(
        _(
            "Nobody escapes a ban by asking to be forgotten: as long as it lasts, and a month "
            "more, a mark made with a key is kept of the address and the numbers. It names nobody."
        )
    ),
    fields={
        "digest": Personal("trace.ban", **BANNED | {"kept": WITH_THE_BAN}),
        **not_personal(_("says nothing about one person"), "kind"),
        **not_personal(_("points to the ban"), "ban"),
        **not_personal(_("points to the person it is about"), "subject"),
        **ROW_NUMBER,
    },
)

MINUTES = {
    "purposes": ["service"],
    "kept": Until("until", _("for ten minutes, or until the moderator has decided")),
    "source": Source.PORTAL,
    "shown_to": (Recipient.STAFF,),
}
describe(
    Claim,
    title=_("An ad you have before you as a moderator"),
    people=People.STAFF,
    subject="by__subject",
    fields={
        "until": Personal("trace.time", **MINUTES),
        **BY_STAFF,
        **OF_THE_AD,
        **ROW_NUMBER,
    },
    beside=("listing",),
)

describe(
    StopWord,
    fields=not_personal(
        _("a word of the portal's list, the same for everybody"),
        *("id", "word", "mode", "action", "is_special", "note"),
    ),
)

registry.SHUT_OUT.append(reporting.forget_reporters)
registry.SETTLE.append(erasing.keep_bans)
registry.CERTIFIED.append(erasing.forget_whose)
register_task(forget_old)
register_task(decline_orders_of_blocked)
register_cache(
    CachePrefix(
        "moderation:reports:",
        what=_("How many ads somebody reported, and for how many an address was given, today."),
        purpose="security",
        longest=timedelta(days=1),
        is_digested=True,
        names=("email", "reporter"),
    )
)

register_form(
    "complaint",
    _("Report an ad"),
    forms.ComplaintForm,
    purposes=["compliance"],
    fields=kept_in(Complaint, "reason", "text", "email"),
)
register_form(
    "appeal",
    _("Appeal against a decision of a moderator"),
    forms.AppealForm,
    purposes=["compliance"],
    fields=kept_in(Appeal, "text"),
)
register_form(
    "appeal-answer",
    _("Answer to an appeal"),
    forms.AnswerForm,
    purposes=["compliance"],
    fields={
        **kept_in(Decision, "note"),
        **not_kept(_("It chooses the decision that is kept."), "is_granted"),
    },
)
register_form(
    "ban",
    _("Ban of somebody from writing and publishing"),
    forms.BanForm,
    purposes=["security", "compliance"],
    fields={
        **kept_in(Ban, "user", "reason", "until"),
        **dict.fromkeys(Ban.Kind.values, Column(Ban, "digest")),
    },
)
register_form(
    "ban-look-up",
    _("Look-up of a ban"),
    forms.LookUpForm,
    purposes=["security"],
    fields=not_kept(_("It is compared with the bans there are."), "value"),
)
register_form(
    "decision",
    _("Decision of a moderator about an ad"),
    forms.GroundsForm,
    forms.DecisionForm,
    purposes=["compliance"],
    fields={
        **kept_in(Decision, "act", "reasons", "note"),
        **not_kept(_("It names what was read."), "seen"),
        **not_kept(_("It is kept among the rules of the decision."), "rule"),
        **not_kept(_("It moves the ad."), "category"),
    },
)
register_form(
    "removal",
    _("Removal of a logo or a text from the page of a seller"),
    forms.RemovalForm,
    purposes=["compliance"],
    fields={
        **kept_in(Removal, "parts", "reasons", "note"),
        **not_kept(_("It names what was read."), "seen"),
        **not_kept(_("It is kept among the rules of the decision."), "rule"),
    },
)
