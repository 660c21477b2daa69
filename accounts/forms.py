from contextlib import contextmanager

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import gate
from accounts.models import Address, Phone, User
from accounts.occasions import occasion
from privacy.acknowledgements import acknowledge, versions_in_force
from privacy.consents import entries_seen, give
from privacy.documents import purposes_in_force
from privacy.models import Channel
from privacy.models.consents import text_hash
from privacy.sentences import (
    acknowledgement_sentence,
    acknowledgement_with_links,
    consent_sentence,
)

# Seconds: three periods, for clocks may differ by one (MFA_TOTP_TOLERANCE).
CODE_GOOD_FOR = 90
# Hashing costs by length; nobody types more.
LONGEST_PASSWORD = 256
NEW_PASSWORD_HINT = _(
    "At least 10 characters, not only digits. A few words that do not belong together "
    "are safe and easy to remember."
)


class PlainFields:
    """Labels stand above the fields, not inside them; lengths have an end."""

    labels = {}
    hints = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            if isinstance(field.widget, forms.PasswordInput):
                limit_length(field, LONGEST_PASSWORD)
            elif isinstance(field, forms.EmailField):
                # allauth would cut it off, and write to somebody else.
                limit_length(field, User._meta.get_field("email").max_length)


class LoginForm(PlainFields, allauth_forms.LoginForm):
    labels = {
        "login": _("E-mail"),
        "password": _("Password"),
        "remember": _("Stay signed in on this device for two weeks"),
    }


class SignupForm(PlainFields, allauth_forms.SignupForm):
    labels = {"email": _("E-mail"), "password1": _("Password")}
    hints = {
        "email": _("We send a letter there with a link to confirm that it is yours."),
        "password1": NEW_PASSWORD_HINT,
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.versions = versions_in_force()
        # Optional, and never ticked for anybody.
        if "news" in purposes_in_force():
            self.fields["news"] = forms.BooleanField(
                label=consent_sentence("news", Channel.EMAIL),
                required=False,
                help_text=_("Optional: the account is yours without it too."),
            )
        if self.versions:
            words = [acknowledgement_sentence(self.versions)]
            if "news" in self.fields:
                words.append(self.fields["news"].label)
            self.shown = text_hash("\n".join(words))
            self.fields["shown"] = forms.CharField(
                widget=forms.HiddenInput, required=False, initial=self.shown
            )

    @property
    def acknowledgement(self):
        return acknowledgement_with_links(self.versions) if self.versions else ""

    def clean(self):
        cleaned = super().clean()
        if self.versions and cleaned.get("shown") != self.shown:
            self.data = self.data.copy()
            self.data["shown"] = self.shown
            self.add_error(
                None,
                _(
                    "The documents named at the end of this form have changed, or were not shown. "
                    "No account was made: read what is said there now and sign up again."
                ),
            )
        return cleaned

    def record_answers(self, request, subject):
        """In the account's own transaction: what was acknowledged, and the one optional consent."""
        signing = occasion(request, "sign-up", gettext("Sign up"))
        if self.versions:
            words = acknowledgement_sentence(self.versions)
            acknowledge(subject, self.versions, signing, shown=text_hash(words))
        if self.cleaned_data.get("news"):
            words = consent_sentence("news", Channel.EMAIL)
            give(
                subject,
                "news",
                Channel.EMAIL,
                signing,
                shown=text_hash(words),
                seen=entries_seen(subject),
            )

    def try_save(self, request):
        gate.refuse_if_banned(request, email=self.cleaned_data["email"])
        if self.account_already_exists:
            # As much work as for a new account, so that the time does not tell them apart.
            make_password(self.cleaned_data["password1"])
            return super().try_save(request)
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            # Somebody signed up with this address a moment ago.
            self.account_already_exists = True
            return super().try_save(request)


class ChangePasswordForm(PlainFields, allauth_forms.ChangePasswordForm):
    # One field that can be shown is surer than two that cannot.
    password2 = None
    labels = {"oldpassword": _("Present password"), "password1": _("New password")}
    hints = {"password1": NEW_PASSWORD_HINT}


class SetPasswordForm(PlainFields, allauth_forms.SetPasswordForm):
    password2 = None
    labels = {"password1": _("New password")}
    hints = {"password1": NEW_PASSWORD_HINT}


class ResetPasswordForm(PlainFields, allauth_forms.ResetPasswordForm):
    labels = {"email": _("E-mail of your account")}


class ResetPasswordKeyForm(PlainFields, allauth_forms.ResetPasswordKeyForm):
    password2 = None
    labels = {"password1": _("New password")}
    hints = {"password1": NEW_PASSWORD_HINT}


class ReauthenticateForm(PlainFields, allauth_forms.ReauthenticateForm):
    labels = {"password": _("Your password")}


class AddEmailForm(PlainFields, allauth_forms.AddEmailForm):
    labels = {"email": _("New e-mail address")}
    hints = {
        "email": _(
            "We send a letter there. Your present address stays in use until you have opened "
            "the link in that letter."
        )
    }

    def save(self, request):
        gate.refuse_if_banned(request, email=self.cleaned_data["email"])
        return super().save(request)


class OneTimeCode:
    labels = {"code": _("Code")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        limit_length(self.fields["code"], 32)
        self.fields["code"].widget.attrs |= {"autocapitalize": "off", "spellcheck": "false"}


class UsedOnce:
    def clean_code(self):
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            # allauth forgets after one period that a code was used.
            mark = self.authenticator.wrap()._get_used_cache_key(code)
            cache.touch(mark, timeout=CODE_GOOD_FOR)
        return code


class AuthenticateForm(UsedOnce, OneTimeCode, PlainFields, mfa_forms.AuthenticateForm):
    hints = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}


class ReauthenticateByCodeForm(UsedOnce, OneTimeCode, PlainFields, mfa_forms.ReauthenticateForm):
    hints = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}


class ActivateTOTPForm(OneTimeCode, PlainFields, totp_forms.ActivateTOTPForm):
    labels = {"code": _("Code from the app")}
    hints = {"code": _("Six digits that change every half a minute.")}


class Credential:
    """allauth and fido2 stumble over some of what a forged answer of a browser may hold."""

    def clean(self):
        with refused_when_broken():
            return super().clean()

    def clean_credential(self):
        with refused_when_broken():
            # Only what uses a passkey checks it as a field.
            check = getattr(super(), "clean_credential", None)
            return check() if check else self.cleaned_data["credential"]


@contextmanager
def refused_when_broken():
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError):
        raise get_adapter().validation_error("incorrect_code") from None


class UsePasskeyForm(Credential, webauthn_forms.AuthenticateWebAuthnForm):
    pass


class LoginByPasskeyForm(Credential, webauthn_forms.LoginWebAuthnForm):
    pass


class ReauthenticateByPasskeyForm(Credential, webauthn_forms.ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(Credential, PlainFields, webauthn_forms.AddWebAuthnForm):
    labels = {
        "name": _("Name of the passkey"),
        "passwordless": _("Sign in with it instead of the password"),
    }
    hints = {
        "name": _("So that you know it again in the list."),
        "passwordless": _(
            "It then asks for your finger, face or PIN. Otherwise it is only the second step "
            "after the password."
        ),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        limit_length(self.fields["name"], 80)
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(PlainFields, webauthn_forms.EditWebAuthnForm):
    labels = {"name": _("Name of the passkey")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        limit_length(self.fields["name"], 80)


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["surname", "first_name", "patronymic", "activity", "language"]
        widgets = {
            "surname": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "patronymic": forms.TextInput(attrs={"autocomplete": "additional-name"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["activity"].choices = [("", _("Not named")), *User.Activity.choices]


class PhoneForm(forms.ModelForm):
    class Meta:
        model = Phone
        fields = ["number", "purpose"]
        widgets = {"number": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})}
        error_messages = {
            "number": {
                "invalid": _(
                    "Enter the whole number with the country's code, for example +7 701 234 56 78."
                )
            }
        }

    def _get_validation_exclusions(self):
        # The owner is no field here, yet a number stands once in their list.
        return super()._get_validation_exclusions() - {"user"}


class AddressForm(forms.ModelForm):
    class Meta:
        model = Address
        fields = ["region", "settlement", "street", "postcode"]
        widgets = {
            "region": forms.TextInput(attrs={"autocomplete": "address-level1"}),
            "settlement": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "street": forms.TextInput(attrs={"autocomplete": "street-address"}),
            "postcode": forms.TextInput(attrs={"autocomplete": "postal-code"}),
        }


def limit_length(field, longest):
    field.max_length = longest
    field.validators.append(MaxLengthValidator(longest))
    field.widget.attrs["maxlength"] = str(longest)


class ErasureForm(forms.Form):
    at_once = forms.BooleanField(
        label=_("Delete at once: I need no three days to change my mind"), required=False
    )
