from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from letters.models import Letter
from privacy.data_map import (
    FreeText,
    People,
    Personal,
    Recipient,
    Source,
    describe,
    not_personal,
)
from privacy.erasure import registry
from privacy.export.originals import Held, register_originals
from privacy.models import Disclosure
from privacy.registers import (
    CachePrefix,
    Column,
    kept_in,
    not_kept,
    register_cache,
    register_form,
    register_task,
)
from privacy.retention import After, WhileAccountExists
from sellers import erasing, forms
from sellers.admin import VerificationForm, WithdrawalForm
from sellers.models import (
    AuthorisedPerson,
    FormerSlug,
    Invitation,
    Logo,
    Member,
    Payment,
    Phone,
    Seller,
    Shipping,
    Verification,
    WorkingDay,
)
from sellers.tasks import forget_old_invitations

WHILE_ACCOUNT_EXISTS = WhileAccountExists()
ROW_NUMBER = not_personal(_("the number of the row"), "id")
OF_THE_SELLER = not_personal(_("points to the seller"), "seller")
SELLER_PAGE = "sellers:profile"

# A proprietor or an individual is a person; of a company the same columns say nothing about one,
# and its row leads to nobody.
FOR_EVERYBODY = {
    "purposes": ["service"],
    "kept": WHILE_ACCOUNT_EXISTS,
    "shown_to": (Recipient.EVERYBODY, Recipient.COLLEAGUES, Recipient.STAFF),
    "edit": SELLER_PAGE,
}
FOR_STAFF = FOR_EVERYBODY | {"shown_to": (Recipient.STAFF,)}

describe(
    Seller,
    title=_("Your page as a seller"),
    people=People.HOLDERS,
    subject="subject",
    fields={
        "form": Personal("seller.name", **FOR_EVERYBODY),
        "name": Personal("seller.name", **FOR_EVERYBODY),
        "logo": Personal("seller.name", **FOR_EVERYBODY),
        "slug": Personal("seller.name", **FOR_EVERYBODY),
        "sort_key": Personal("seller.name", **FOR_EVERYBODY),
        "folded_name": Personal("seller.name", **FOR_EVERYBODY),
        "bin": Personal("seller.number", **FOR_EVERYBODY),
        "iin": Personal("seller.number", **FOR_STAFF),
        "pays_vat": Personal("seller.terms", **FOR_EVERYBODY),
        "region": Personal("contact.address", **FOR_EVERYBODY),
        "settlement": Personal("contact.address", **FOR_EVERYBODY),
        "street": Personal("contact.address", **FOR_EVERYBODY),
        "about_kk": FreeText("seller.terms", **FOR_EVERYBODY),
        "about_ru": FreeText("seller.terms", **FOR_EVERYBODY),
        "about_en": FreeText("seller.terms", **FOR_EVERYBODY),
        "website": Personal("seller.terms", **FOR_EVERYBODY),
        "minimum_order": Personal("seller.terms", **FOR_EVERYBODY),
        "verified_at": Personal("seller.check", **FOR_EVERYBODY | {"source": Source.PORTAL}),
        "lost_trust_at": Personal("seller.check", **FOR_STAFF | {"source": Source.PORTAL}),
        "created_at": Personal("trace.time", **FOR_EVERYBODY | {"source": Source.PORTAL}),
        "changed_at": Personal("trace.time", **FOR_EVERYBODY | {"source": Source.PORTAL}),
        **not_personal(_("points to the person who sells; empty for a company"), "subject"),
        **ROW_NUMBER,
    },
)

describe(
    Logo,
    title=_("Logo on your page as a seller"),
    people=People.HOLDERS,
    subject="seller__subject",
    fields={
        **dict.fromkeys(
            ("stem", "webp_256", "webp_512", "jpg_256", "jpg_512"),
            Personal("seller.name", **FOR_EVERYBODY),
        ),
        **OF_THE_SELLER,
    },
)

LOGO_FILES = {"webp_256": ".webp", "webp_512": ".webp", "jpg_256": ".jpg", "jpg_512": ".jpg"}
register_originals(
    Logo,
    *LOGO_FILES,
    of=lambda logo: [Held(bytes(logo[name]), ending) for name, ending in LOGO_FILES.items()],
)

describe(
    FormerSlug,
    title=_("Former addresses of your page as a seller"),
    people=People.HOLDERS,
    subject="seller__subject",
    fields={
        "slug": Personal("seller.name", **FOR_EVERYBODY | {"source": Source.PORTAL}),
        **OF_THE_SELLER,
        **ROW_NUMBER,
    },
)

describe(
    Phone,
    title=_("Phones on your page as a seller"),
    people=People.HOLDERS,
    subject="seller__subject",
    fields={
        "number": Personal("contact.phone", **FOR_EVERYBODY),
        "note": FreeText("contact.phone", **FOR_EVERYBODY),
        **OF_THE_SELLER,
        **ROW_NUMBER,
    },
)

describe(
    Member,
    title=_("The seller you act for"),
    people=People.HOLDERS,
    subject="user__subject",
    fields={
        "role": Personal(
            "access.rights",
            purposes=["service", "security"],
            kept=WHILE_ACCOUNT_EXISTS,
            source=Source.OTHERS,
            shown_to=(Recipient.COLLEAGUES, Recipient.STAFF),
            edit=SELLER_PAGE,
        ),
        "joined_at": Personal(
            "trace.time",
            purposes=["service", "security"],
            kept=WHILE_ACCOUNT_EXISTS,
            source=Source.PORTAL,
            shown_to=(Recipient.COLLEAGUES, Recipient.STAFF),
        ),
        **not_personal(_("points to the account that acts"), "user"),
        **OF_THE_SELLER,
        **ROW_NUMBER,
    },
    beside=("seller__name",),
)

AFTER_UNANSWERED = After(
    "created_at",
    days=Invitation.KEPT_FOR.days,
    sentence=ngettext_lazy(
        "until it is answered, or %(days)d day after the letter was written",
        "until it is answered, or %(days)d days after the letter was written",
        "days",
    ),
)
ABOUT_INVITED = {
    "purposes": ["service"],
    "kept": AFTER_UNANSWERED,
    "source": Source.OTHERS,
    "shown_to": (Recipient.COLLEAGUES,),
}

describe(
    Invitation,
    title=_("Invitations to act for a seller"),
    people=People.EVERYBODY,
    subject="subject",
    fields={
        "email": Personal(
            "contact.email",
            **ABOUT_INVITED | {"shown_to": (Recipient.COLLEAGUES, Recipient.MAIL_SERVER)},
        ),
        "role": Personal("access.rights", **ABOUT_INVITED),
        "language": Personal("profile.language", **ABOUT_INVITED),
        "created_at": Personal("trace.time", **ABOUT_INVITED | {"source": Source.PORTAL}),
        **not_personal(_("points to the person who is invited"), "subject"),
        **OF_THE_SELLER,
        **ROW_NUMBER,
    },
    beside=("seller__name",),
)

OF_A_COLLEAGUE = {
    "purposes": ["service"],
    "kept": WHILE_ACCOUNT_EXISTS,
    "source": Source.OTHERS,
    "shown_to": (Recipient.COLLEAGUES, Recipient.STAFF),
}

describe(
    AuthorisedPerson,
    title=_("Being the authorised person of a company that sells"),
    people=People.EVERYBODY,
    subject="subject",
    fields={
        "full_name": Personal("seller.person", **OF_A_COLLEAGUE),
        "position": Personal("seller.person", **OF_A_COLLEAGUE),
        "created_at": Personal("trace.time", **OF_A_COLLEAGUE | {"source": Source.PORTAL}),
        **not_personal(_("points to the person who may sign"), "subject"),
        **OF_THE_SELLER,
        **ROW_NUMBER,
    },
    beside=("seller__name",),
)

describe(
    WorkingDay,
    title=_("Working hours on your page as a seller"),
    people=People.HOLDERS,
    subject="seller__subject",
    fields={
        "weekday": Personal("seller.terms", **FOR_EVERYBODY),
        "opens": Personal("seller.terms", **FOR_EVERYBODY),
        "closes": Personal("seller.terms", **FOR_EVERYBODY),
        **OF_THE_SELLER,
        **ROW_NUMBER,
    },
)

for terms, title in (
    (Shipping, _("Shipping terms on your page as a seller")),
    (Payment, _("Payment terms on your page as a seller")),
):
    describe(
        terms,
        title=title,
        people=People.HOLDERS,
        subject="seller__subject",
        fields={
            "method": Personal("seller.terms", **FOR_EVERYBODY),
            "conditions": FreeText("seller.terms", **FOR_EVERYBODY),
            **OF_THE_SELLER,
            **ROW_NUMBER,
        },
    )

FOUND_BY_US = FOR_EVERYBODY | {"source": Source.PORTAL}

describe(
    Verification,
    title=_("What was verified of you as a seller"),
    people=People.HOLDERS,
    subject="seller__subject",
    fields={
        "saw_documents": Personal("seller.check", **FOUND_BY_US),
        "checked_number": Personal("seller.check", **FOUND_BY_US),
        "called_phone": Personal("seller.check", **FOUND_BY_US),
        "at": Personal("seller.check", **FOUND_BY_US),
        "ended_at": Personal("seller.check", **FOUND_BY_US),
        **not_personal(_("points to the member of staff who acted"), "by"),
        **OF_THE_SELLER,
        **ROW_NUMBER,
    },
)

register_task(forget_old_invitations)

for counted, what in (
    ("sellers:invitations:", _("How many invitations a seller sent, and an address got, today.")),
    ("sellers:authorised:", _("How many notices a seller sent, and an address got, today.")),
):
    register_cache(
        CachePrefix(
            counted,
            what=what,
            purpose="security",
            longest=timedelta(days=1),
            is_digested=True,
            names=("seller", "email"),
        )
    )

register_cache(
    CachePrefix(
        "sellers:logos:",
        what=_("How often a seller changed the logo within an hour."),
        purpose="security",
        longest=timedelta(hours=1),
        is_digested=True,
        names=("seller",),
    )
)

register_cache(
    CachePrefix(
        "sellers:phones:",
        what=_("How many phones of sellers were asked for from one place of the net."),
        purpose="security",
        longest=timedelta(hours=1),
        is_digested=True,
    )
)

# Where people are asked

IDENTITY = {**kept_in(Seller, "form", "name"), "number": Column(Seller, "bin")}
register_form(
    "seller-identity",
    _("Form, name and number of the seller"),
    forms.IdentityForm,
    purposes=["service"],
    fields={**IDENTITY, **kept_in(Seller, "pays_vat")},
)
register_form(
    "seller-founding",
    _("Become a seller"),
    forms.FoundingForm,
    purposes=["service"],
    fields={
        **IDENTITY,
        **kept_in(Seller, "region", "settlement"),
        "phone": Column(Phone, "number"),
    },
)
register_form(
    "seller-place",
    _("Place of the seller"),
    forms.PlaceForm,
    purposes=["service"],
    fields=kept_in(Seller, "region", "settlement", "street"),
)
register_form(
    "seller-logo",
    _("Logo of the seller"),
    forms.LogoForm,
    purposes=["service"],
    fields={"logo": Column(Logo, "webp_512")},
)
register_form(
    "seller-about",
    _("About the seller"),
    forms.AboutForm,
    purposes=["service"],
    fields=kept_in(Seller, "about_kk", "about_ru", "about_en", "website"),
)
register_form(
    "seller-phone",
    _("Phones of the seller"),
    forms.PhoneForm,
    purposes=["service"],
    fields=kept_in(Phone, "number", "note"),
)
register_form(
    "seller-terms",
    _("Hours, shipping and payment of the seller"),
    forms.HoursForm,
    forms.ShippingForm,
    forms.PaymentForm,
    purposes=["service"],
    fields=kept_in(Seller, "minimum_order"),
)
register_form(
    "authorised-person",
    _("Authorised person"),
    forms.AuthorisedPersonForm,
    purposes=["service"],
    fields={
        **kept_in(AuthorisedPerson, "full_name", "position"),
        "is_me": Column(AuthorisedPerson, "subject"),
        "email": Column(Letter, "recipient"),
        **not_kept(_("It chooses the words of the letter."), "language"),
    },
)
register_form(
    "invitation",
    _("Invite a colleague"),
    forms.InvitationForm,
    purposes=["service"],
    fields=kept_in(Invitation, "email", "role", "language"),
)
register_form(
    "role",
    _("Role of a colleague"),
    forms.RoleForm,
    purposes=["service"],
    fields=kept_in(Member, "role"),
)
register_form(
    "directory",
    _("Directory of sellers"),
    forms.DirectoryForm,
    purposes=["service"],
    fields=not_kept(_("It narrows the list that is shown."), "q", "region"),
)
register_form(
    "verification",
    _("Verification of a seller"),
    VerificationForm,
    WithdrawalForm,
    purposes=["service"],
    fields={
        **kept_in(Verification, "saw_documents", "checked_number", "called_phone"),
        "reason": Column(Letter, "content"),
        **not_kept(_("It names what was read."), "seen"),
    },
)

registry.SETTLE.append(erasing.settle)
registry.SETTLED.setdefault(Seller, set()).add(Disclosure)
