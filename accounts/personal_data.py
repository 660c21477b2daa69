from datetime import timedelta

from allauth.account.forms import ConfirmLoginCodeForm
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import erasing, forms
from accounts.admin import ReasonForm
from accounts.devices import REMEMBERED_FOR
from accounts.models import Address, KnownDevice, Phone, User
from accounts.sessions import SessionStore
from accounts.tasks import clear_sessions
from letters.models import Letter
from privacy.data_map import (
    OPAQUE,
    NotPersonal,
    People,
    Personal,
    Recipient,
    SameValue,
    Source,
    describe,
    not_personal,
)
from privacy.erasure import registry
from privacy.export.fetching import GRANT
from privacy.export.views import OPENED
from privacy.masking import IN_SESSION as REVEALED
from privacy.models import Consent, Erasure
from privacy.registers import (
    CachePrefix,
    Column,
    Cookie,
    kept_in,
    not_kept,
    register_cache,
    register_cookie,
    register_form,
    register_task,
)
from privacy.retention import After, Until, WhileAccountExists

WHILE_ACCOUNT_EXISTS = WhileAccountExists()
ROW_NUMBER = not_personal(_("the number of the row"), "id")
WHOSE = not_personal(_("points to the account it belongs to"), "user")

ABOUT_YOU = {
    "purposes": ["service"],
    "kept": WHILE_ACCOUNT_EXISTS,
    "shown_to": (Recipient.STAFF,),
    "edit": "accounts:profile",
}
YOUR_NAME = ABOUT_YOU | {"shown_to": (Recipient.STAFF, Recipient.COLLEAGUES)}
OPENS_THE_ACCOUNT = _("whoever had it could sign in as you")
TO_SIGN_IN = {"purposes": ["identify", "security"], "kept": WHILE_ACCOUNT_EXISTS}
OUR_NOTES = {"source": Source.PORTAL, "shown_to": (Recipient.STAFF,)}

describe(
    User,
    title=_("Your account"),
    people=People.HOLDERS,
    subject="subject",
    fields={
        "email": Personal(
            "contact.email",
            purposes=["identify", "service", "security"],
            kept=WHILE_ACCOUNT_EXISTS,
            shown_to=(Recipient.STAFF, Recipient.MAIL_SERVER, Recipient.COLLEAGUES),
            edit="account_email",
        ),
        "password": Personal(
            "access.password",
            **TO_SIGN_IN,
            edit="account_change_password",
            left_out=OPENS_THE_ACCOUNT,
        ),
        "surname": Personal("identity.family", **YOUR_NAME),
        "first_name": Personal("identity.given", **YOUR_NAME),
        "patronymic": Personal("identity.patronymic", **YOUR_NAME),
        "activity": Personal("profile.activity", **ABOUT_YOU),
        "language": Personal("profile.language", **ABOUT_YOU),
        "last_login": Personal("trace.time", **TO_SIGN_IN, **OUR_NOTES),
        "date_joined": Personal("trace.time", **TO_SIGN_IN, **OUR_NOTES),
        "is_active": Personal("access.rights", **TO_SIGN_IN, **OUR_NOTES),
        "is_staff": Personal("access.rights", **TO_SIGN_IN, **OUR_NOTES),
        "is_superuser": Personal("access.rights", **TO_SIGN_IN, **OUR_NOTES),
        "rights_reviewed_at": Personal("access.rights", **TO_SIGN_IN, **OUR_NOTES),
        **not_personal(_("points to the person whose account it is"), "subject"),
        **ROW_NUMBER,
    },
)

describe(
    Phone,
    title=_("Your phones"),
    people=People.HOLDERS,
    subject="user__subject",
    fields={
        "number": Personal("contact.phone", **ABOUT_YOU),
        "purpose": Personal("contact.phone", **ABOUT_YOU),
        **WHOSE,
        **ROW_NUMBER,
    },
)

describe(
    Address,
    title=_("Your addresses of residence, stay and work"),
    people=People.HOLDERS,
    subject="user__subject",
    fields={
        "kind": Personal("contact.address", **ABOUT_YOU),
        "region": Personal("contact.address", **ABOUT_YOU),
        "settlement": Personal("contact.address", **ABOUT_YOU),
        "street": Personal("contact.address", **ABOUT_YOU),
        "postcode": Personal("contact.address", **ABOUT_YOU),
        **WHOSE,
        **ROW_NUMBER,
    },
)

AFTER_LAST_SEEN = After(
    "seen_at",
    days=REMEMBERED_FOR.days,
    sentence=ngettext_lazy(
        "%(days)d day after it was last used", "%(days)d days after it was last used", "days"
    ),
)
TO_NOTICE_STRANGERS = {
    "purposes": ["security"],
    "kept": AFTER_LAST_SEEN,
    "source": Source.DEVICE,
}

describe(
    KnownDevice,
    title=_("Devices you have signed in with"),
    people=People.HOLDERS,
    subject="user__subject",
    fields={
        "digest": Personal("device.browser", **TO_NOTICE_STRANGERS),
        "seen_at": Personal("trace.time", **TO_NOTICE_STRANGERS),
        **WHOSE,
        **ROW_NUMBER,
    },
)

# allauth

describe(
    EmailAddress,
    title=_("Your e-mail addresses, and whether you have confirmed them"),
    people=People.HOLDERS,
    subject="user__subject",
    fields={
        "email": Personal(
            "contact.email",
            **TO_SIGN_IN,
            shown_to=(Recipient.MAIL_SERVER,),
            edit="account_email",
        ),
        "verified": Personal("contact.confirmed", **TO_SIGN_IN, source=Source.PORTAL),
        "primary": Personal("contact.confirmed", **TO_SIGN_IN, source=Source.PORTAL),
        **WHOSE,
        **ROW_NUMBER,
    },
)

AFTER_THREE_DAYS = After(
    "created",
    days=3,
    sentence=ngettext_lazy(
        "%(days)d day after the letter was written",
        "%(days)d days after the letter was written",
        "days",
    ),
)

describe(
    EmailConfirmation,
    title=_("Addresses that wait to be confirmed"),
    people=People.HOLDERS,
    subject="email_address__user__subject",
    fields={
        "created": Personal(
            "trace.time", purposes=["identify"], kept=AFTER_THREE_DAYS, source=Source.PORTAL
        ),
        "sent": Personal(
            "trace.time", purposes=["identify"], kept=AFTER_THREE_DAYS, source=Source.PORTAL
        ),
        "key": Personal(
            "access.session",
            purposes=["identify"],
            kept=AFTER_THREE_DAYS,
            source=Source.PORTAL,
            left_out=OPENS_THE_ACCOUNT,
        ),
        **not_personal(_("points to the address"), "email_address"),
        **ROW_NUMBER,
    },
    beside=("email_address__email",),
)

SECOND_FACTOR = {**TO_SIGN_IN, "edit": "accounts:security"}

describe(
    Authenticator,
    title=_("Your passkeys, authenticator app and recovery codes"),
    people=People.HOLDERS,
    subject="user__subject",
    fields={
        "type": Personal("access.factor", **SECOND_FACTOR),
        "data": Personal(
            "access.factor",
            **SECOND_FACTOR,
            keys={
                "name": Personal("access.factor", **SECOND_FACTOR),
                # What the browser answers when a passkey is made: public keys, no biometry.
                "credential": Personal("access.factor", **SECOND_FACTOR, keys=OPAQUE),
                **dict.fromkeys(
                    ("secret", "seed"),
                    Personal("access.factor", **SECOND_FACTOR, left_out=OPENS_THE_ACCOUNT),
                ),
                "used_mask": Personal("access.factor", **SECOND_FACTOR),
                "migrated_codes": Personal(
                    "access.factor", **SECOND_FACTOR, left_out=OPENS_THE_ACCOUNT
                ),
            },
        ),
        "created_at": Personal("trace.time", **TO_SIGN_IN, source=Source.PORTAL),
        "last_used_at": Personal("trace.time", **TO_SIGN_IN, source=Source.PORTAL),
        **WHOSE,
        **ROW_NUMBER,
    },
)

UNTIL_IT_ENDS = Until("expire_date", words=_("until you sign out, or two weeks at most"))
SIGNED_IN = {"purposes": ["identify", "security"], "source": Source.PORTAL}
WITH_ITS_SESSION = After(
    "last_seen_at",
    days=timedelta(seconds=settings.SESSION_COOKIE_AGE).days,
    sentence=ngettext_lazy(
        "until you sign out, or %(days)d day after you were last here",
        "until you sign out, or %(days)d days after you were last here",
        "days",
    ),
)

describe(
    UserSession,
    title=_("Where you are signed in"),
    people=People.HOLDERS,
    subject="user__subject",
    fields={
        "ip": Personal(
            "device.network",
            purposes=["security"],
            kept=WITH_ITS_SESSION,
            source=Source.DEVICE,
        ),
        "user_agent": Personal(
            "device.browser",
            purposes=["security"],
            kept=WITH_ITS_SESSION,
            source=Source.DEVICE,
        ),
        "created_at": Personal("trace.time", **SIGNED_IN, kept=WITH_ITS_SESSION),
        "last_seen_at": Personal("trace.time", **SIGNED_IN, kept=WITH_ITS_SESSION),
        "session_key": Personal(
            "access.session", **SIGNED_IN, kept=WITH_ITS_SESSION, left_out=OPENS_THE_ACCOUNT
        ),
        "data": NotPersonal(_("allauth keeps nothing here"), keys={}),
        **WHOSE,
        **ROW_NUMBER,
    },
)

# Django


def read_session(data):
    return SessionStore().decode(data)


IN_SESSION = {**SIGNED_IN, "kept": UNTIL_IT_ENDS}

describe(
    Session,
    title=_("Being signed in"),
    people=People.HOLDERS,
    subject=SameValue("session_key", UserSession, "session_key"),
    fields={
        "session_key": Personal("access.session", **IN_SESSION, left_out=OPENS_THE_ACCOUNT),
        "expire_date": Personal("access.session", **IN_SESSION),
        "session_data": Personal(
            "access.session",
            **IN_SESSION,
            decode=read_session,
            left_out=OPENS_THE_ACCOUNT,
            keys={
                **dict.fromkeys(
                    (
                        "_auth_user_id",
                        "_auth_user_backend",
                        "_auth_user_hash",
                        "_session_expiry",
                        "_password_reset_key",
                        "account_authentication_methods_user",
                    ),
                    Personal("access.session", **IN_SESSION),
                ),
                # How and when you proved who you are, and what waits for the next step of it.
                **dict.fromkeys(
                    (
                        "account_authentication_methods",
                        "account_login",
                        "account_reauthentication_state",
                        "mfa.webauthn.state",
                    ),
                    Personal("access.session", **IN_SESSION, keys=OPAQUE),
                ),
                REVEALED: Personal(
                    "access.rights", **IN_SESSION | {"purposes": ["security"]}, keys=OPAQUE
                ),
                "mfa.totp.secret": Personal("access.factor", **IN_SESSION),
                # Copies of data that this browser may see or fetch.
                **dict.fromkeys(
                    (OPENED, GRANT),
                    Personal("access.session", **IN_SESSION | {"purposes": ["compliance"]}),
                ),
                "account_verified_email": Personal("contact.email", **IN_SESSION),
                # Sentences for the next page, which may name an address.
                "_messages": Personal("contact.email", **IN_SESSION),
            },
        ),
    },
)

describe(
    Group,
    fields=not_personal(_("names of the roles that staff may have"), "id", "name"),
)

describe(
    Group.permissions.through,
    fields=not_personal(_("what a role of staff may do"), "id", "group", "permission"),
)

describe(
    Permission,
    fields=not_personal(
        _("a list of what may be done on the portal"), "id", "name", "content_type", "codename"
    ),
)

for rights, names in (
    (User.groups.through, ("group",)),
    (User.user_permissions.through, ("permission",)),
):
    describe(
        rights,
        title=_("What staff may do in the administration"),
        people=People.STAFF,
        subject="user__subject",
        fields={
            **{
                name: Personal("access.rights", **TO_SIGN_IN, source=Source.PORTAL)
                for name in names
            },
            **WHOSE,
            **ROW_NUMBER,
        },
    )

# Where people are asked

COMPARED = _("It is compared with what we have, and forgotten.")
PASSKEY_ANSWER = not_kept(COMPARED, "credential")

register_form(
    "sign-up",
    _("sign-up form"),
    forms.SignupForm,
    purposes=["identify", "service", "compliance", "news"],
    fields={
        **kept_in(User, "email"),
        "password1": Column(User, "password"),
        "news": Column(Consent, "act"),
        **not_kept(_("It says which words were shown, and is compared with them."), "shown"),
        **not_kept(_("There are no user names; the form leaves it out."), "username"),
    },
    documents=("privacy", "terms"),
)

register_form(
    "sign-in",
    _("Sign in"),
    forms.LoginForm,
    forms.LoginByPasskeyForm,
    purposes=["identify", "security"],
    fields={
        **not_kept(COMPARED, "login", "password"),
        "remember": Column(Session, "expire_date"),
        **PASSKEY_ANSWER,
    },
)

register_form(
    "proof",
    _("Confirm that it is you"),
    forms.AuthenticateForm,
    forms.UsePasskeyForm,
    forms.ReauthenticateForm,
    forms.ReauthenticateByCodeForm,
    forms.ReauthenticateByPasskeyForm,
    ConfirmLoginCodeForm,
    purposes=["identify", "security"],
    fields={**not_kept(COMPARED, "code", "password"), **PASSKEY_ANSWER},
)

register_form(
    "password-reset",
    _("Forgot the password?"),
    forms.ResetPasswordForm,
    purposes=["identify", "service"],
    # Of any account or of none, it gets a letter.
    fields={"email": Column(Letter, "recipient")},
)

register_form(
    "password",
    _("Change the password"),
    forms.ChangePasswordForm,
    forms.SetPasswordForm,
    forms.ResetPasswordKeyForm,
    purposes=["identify", "security"],
    fields={"password1": Column(User, "password"), **not_kept(COMPARED, "oldpassword")},
)

register_form(
    "email",
    _("Change the e-mail address"),
    forms.AddEmailForm,
    purposes=["identify", "security"],
    fields=kept_in(EmailAddress, "email"),
)

register_form(
    "authenticator-app",
    _("Set up an authenticator app"),
    forms.ActivateTOTPForm,
    purposes=["identify", "security"],
    fields=not_kept(COMPARED, "code"),
)

register_form(
    "passkey",
    _("Passkeys"),
    forms.AddPasskeyForm,
    forms.RenamePasskeyForm,
    purposes=["identify", "security"],
    fields={
        "name": Column(Authenticator, "data.name"),
        **dict.fromkeys(("credential", "passwordless"), Column(Authenticator, "data.credential")),
    },
)

register_form(
    "person",
    _("Name and activity"),
    forms.PersonForm,
    purposes=["service"],
    fields=kept_in(User, "surname", "first_name", "patronymic", "activity", "language"),
)

register_form(
    "phone",
    _("Your phones"),
    forms.PhoneForm,
    purposes=["service"],
    fields=kept_in(Phone, "number", "purpose"),
)

register_form(
    "address",
    _("Your addresses of residence, stay and work"),
    forms.AddressForm,
    purposes=["service"],
    fields=kept_in(Address, "region", "settlement", "street", "postcode"),
)

register_form(
    "erasure",
    _("Deletion"),
    forms.ErasureForm,
    purposes=["compliance"],
    fields={"at_once": Column(Erasure, "starts_at")},
)

# Pages whose buttons say it all, and what a browser says by itself.
for name, what, documents in (
    ("privacy", _("privacy page of the account"), ("privacy",)),
    ("changes", _("question about changed documents"), ("privacy", "terms")),
    ("gpc", _("signal of the browser"), ("privacy",)),
):
    register_form(name, what, purposes=["compliance"], fields={}, documents=documents)

register_form(
    "remove-second-factor",
    _("Remove the second factor"),
    ReasonForm,
    purposes=["security", "compliance"],
    fields={"reason": Column(LogEntry, "change_message")},
)

# Cookies, the cache, tasks

register_cookie(
    Cookie(
        name=settings.SESSION_COOKIE_NAME,
        what=_("Shows that you are signed in. It is set when you sign in or open an account."),
        purpose="identify",
        lifetime=timedelta(seconds=settings.SESSION_COOKIE_AGE),
        is_needed=True,
    )
)

register_cookie(
    Cookie(
        name=settings.CSRF_COOKIE_NAME,
        what=_(
            "Proves that a form was sent from the portal and not by another site in your name. "
            "It is set with the first form that needs it."
        ),
        purpose="security",
        lifetime=timedelta(seconds=settings.CSRF_COOKIE_AGE),
        is_needed=True,
    )
)

register_cache(
    CachePrefix(
        "allauth:rl:",
        what=_("How often somebody has tried to sign in, sign up or reset a password."),
        purpose="security",
        longest=timedelta(days=1),
        is_digested=True,
    )
)

register_cache(
    CachePrefix(
        "allauth.mfa.totp.used",
        what=_("One-time codes that were used already."),
        purpose="security",
        longest=timedelta(minutes=2),
        is_digested=True,
    )
)

register_task(clear_sessions)

registry.SHUT_OUT.append(erasing.shut_out)
registry.MENTIONED.append(erasing.forget_sessions)
