from datetime import timedelta

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.devices import REMEMBERED_FOR
from accounts.models import Address, KnownDevice, Phone, User
from accounts.tasks import clear_sessions
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
from privacy.registers import (
    CachePrefix,
    Cookie,
    register_cache,
    register_cookie,
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
        "password": Personal("access.password", **TO_SIGN_IN, edit="account_change_password"),
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
            "access.session", purposes=["identify"], kept=AFTER_THREE_DAYS, source=Source.PORTAL
        ),
        **not_personal(_("points to the address"), "email_address"),
        **ROW_NUMBER,
    },
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
                "secret": Personal("access.factor", **SECOND_FACTOR),
                "seed": Personal("access.factor", **SECOND_FACTOR),
                "used_mask": Personal("access.factor", **SECOND_FACTOR),
                "migrated_codes": Personal("access.factor", **SECOND_FACTOR),
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
        "session_key": Personal("access.session", **SIGNED_IN, kept=WITH_ITS_SESSION),
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
        "session_key": Personal("access.session", **IN_SESSION),
        "expire_date": Personal("access.session", **IN_SESSION),
        "session_data": Personal(
            "access.session",
            **IN_SESSION,
            decode=read_session,
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
                "mfa.totp.secret": Personal("access.factor", **IN_SESSION),
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
