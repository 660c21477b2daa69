import base64
import hashlib
import hmac
from urllib.parse import urlsplit

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse, translate_url
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from accounts import coming
from accounts.devices import device_name, is_new_device, shortened
from accounts.models import User
from accounts.sessions import end_sessions, sessions_of
from letters.write import write_letter
from privacy.documents import version_in_force
from privacy.models import Document, SubjectIdentifier
from privacy.people import join
from privacy.recipients import pass_on


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your present password."),
        "too_many_login_attempts": _("Too many attempts failed. Try again in five minutes."),
        "duplicate_email": _("This is the address of your account already."),
        "rate_limited": _("Too many attempts. Try again in a few minutes."),
        "incorrect_code": _("This code is not right or no longer valid."),
    }

    def is_open_for_signup(self, request):
        """Nobody is asked for their data before a policy says what becomes of them."""
        return version_in_force(Document.Slug.PRIVACY) is not None

    def save_user(self, request, user, form, commit=True):
        user.language = get_language()
        user = super().save_user(request, user, form, commit)
        form.record_answers(request, user.subject)
        return user

    def login(self, request, user):
        is_return = user.last_login is not None
        super().login(request, user)
        if is_new_device(user, request.headers.get("User-Agent", "")) and is_return:
            self.send_notification_mail("account/email/new_device", user)
        for follow in coming.SIGNED_IN:
            follow(request)

    def logout(self, request):
        super().logout(request)
        for follow in coming.SIGNED_OUT:
            follow(request)

    def confirm_email(self, request, email_address):
        """Whoever opens the letter owns the address; an account that only claimed it must yield."""
        try:
            with transaction.atomic():
                claims = User.objects.filter(email=email_address.email).never_verified()
                claims.exclude(pk=email_address.user_id).forget()
                before = email_address.user.email
                confirmed = super().confirm_email(request, email_address)
                if confirmed:
                    after = User.objects.values_list("email", flat=True).get(
                        pk=email_address.user_id
                    )
                    pass_on(email_address.user.subject, "contact.email", before, after)
                    subject = email_address.user.subject
                    subject.identifiers.filter(kind="email").delete()
                    SubjectIdentifier.objects.file(subject, "email", email_address.email)
                    join(subject, email_address.email)
                return confirmed
        except IntegrityError:
            self.add_message(
                request,
                messages.ERROR,
                "account/messages/email_confirmation_failed.txt",
                {"email": email_address.email},
            )
            return False

    def get_email_verification_redirect_url(self, email_address):
        if self.request.user.is_authenticated:
            return reverse("accounts:security")
        return super().get_email_verification_redirect_url(email_address)

    def get_password_change_redirect_url(self, request):
        return reverse("accounts:security")

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        facts = {
            "user": user,
            "device": device_name(self.request.headers.get("User-Agent", "")),
            "network": shortened(self.get_client_ip(self.request)),
            "security_url": reverse("accounts:security"),
            "password_reset_url": reverse("account_reset_password"),
        }
        super().send_notification_mail(template_prefix, user, facts | (context or {}), email)

    def send_mail(self, template_prefix, email, context):
        """Write to people in their own language, links included, whoever caused the letter.

        One template a letter: its first line is the subject, then come the paragraphs.
        """
        user = context.get("user") or User.objects.filter(email=email).first()
        language = user.language if user else get_language()
        facts = {"email": email} | {
            name: address_in_letter(value, language) if name.endswith("_url") else value
            for name, value in context.items()
        }
        with override(language):
            text = render_to_string(f"{template_prefix}.txt", facts).strip()
        subject, _, body = text.partition("\n")
        write_letter(
            "account/email/letter",
            to=email,
            language=language,
            subject=subject,
            paragraphs=[paragraph(part.strip()) for part in body.strip().split("\n\n")],
        )

    def set_password(self, user, password):
        """Whoever was signed in with the old password is not any more, here excepted."""
        super().set_password(user, password)
        end_sessions(sessions_of(user).exclude(session_key=self.request.session.session_key))


def address_in_letter(url, language):
    """Never by the host of the request: whoever sends that one would choose where a key goes."""
    path = urlsplit(url)._replace(scheme="", netloc="").geturl()
    return translate_url(settings.SITE_URL + path, language)


def paragraph(written):
    """A label with an address in the line below is the thing to do."""
    label, _, last = written.rpartition("\n")
    return {"text": label, "url": last} if last.startswith("http") else {"text": written}


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text):
        return safe().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return safe().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url):
        # On white, or cameras would not read it from a dark page.
        return qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")

    def get_public_key_credential_rp_entity(self):
        return {"id": urlsplit(settings.SITE_URL).hostname, "name": "Kazvek"}

    def get_public_key_credential_user_entity(self, user):
        entity = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.get_full_name() or user.email}

    def generate_authenticator_name(self, user, type):
        seen = device_name(current.request.headers.get("User-Agent", ""))
        return seen or super().generate_authenticator_name(user, type)


def safe():
    """What keeps the secrets of second factors in the database from whoever reads only that."""
    key = hmac.new(settings.PRIVACY_KEY.encode(), b"second factors", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
