"""What can be asked of us, in words, and what each asks in return."""

from django import forms
from django.db import transaction
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from privacy.consents import object_to, withdraw_all
from privacy.ledger import Occasion
from privacy.models import Request, Subject
from privacy.purposes import PURPOSES, Basis
from privacy.record import purposes_in_use
from privacy.requests import file_request

Kind = Request.Kind

# In this order they are offered.
SENTENCES = {
    Kind.ACCESS: _(
        "You see at once what we hold on you, what for, until when, and who has seen it."
    ),
    Kind.EXPORT: _(
        "You get everything we hold on you, in files that people and programs read. As a rule they "
        "are ready within minutes; a letter tells you when."
    ),
    Kind.RECTIFICATION: _(
        "Something about you is wrong or missing, and you tell us what. Staff look at it and "
        "answer by letter within one month."
    ),
    Kind.RESTRICTION: _(
        "Your data stays, but is not used until you end it: mailings and statistics stop."
    ),
    Kind.OBJECTION: _(
        "You object to something that we do because we think our interest in it outweighs yours. "
        "Your objection holds at once; staff weigh both sides and answer by letter within one "
        "month. If all use of your data is to stop until then, ask for restriction, too."
    ),
    Kind.ERASURE: _(
        "What we hold on you is deleted, three days after you ask: until then you can change your "
        "mind. What a law makes us keep is named to you."
    ),
    Kind.WITHDRAWAL: _("Everything you ever agreed to ends at once."),
}


class AskForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_("The address you gave us, for example in an order. The letter goes there."),
    )
    kind = forms.ChoiceField(label=_("What you ask for"), widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (kind, explained(kind.label, sentence)) for kind, sentence in SENTENCES.items()
        ]


class CorrectionForm(forms.Form):
    words = forms.CharField(
        label=_("What is wrong, and what would be right?"),
        max_length=Request.LONGEST,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("Staff of the portal read it."),
    )


class ObjectionForm(forms.Form):
    purpose = forms.ChoiceField(label=_("What you object to"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Why, in your situation"),
        required=False,
        max_length=Request.LONGEST,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("You need not say it. Staff of the portal read it when they weigh both sides."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [
            (purpose.key, explained(purpose.name, purpose.sentence))
            for purpose in purposes_in_use()
            if purpose.basis == Basis.INTEREST
        ]


def explained(name, sentence) -> str:
    """A choice by its name, and below it what it means."""
    words = '<span><b>{}</b><br><span class="field__hint">{}</span></span>'
    return format_html(words, name, sentence)


def too_many() -> str:
    return ngettext(
        "%(most)d correction waits for us already. Nothing was sent.",
        "%(most)d corrections wait for us already. Nothing was sent.",
        Request.MOST_CORRECTIONS,
    ) % {"most": Request.MOST_CORRECTIONS}


FORMS = {Kind.RECTIFICATION: CorrectionForm, Kind.OBJECTION: ObjectionForm}


def file_wish(
    subject: Subject, kind: Kind, occasion: Occasion, *, said: dict | None = None, **addressed
) -> Request:
    """Take a request with what its form asked; an objection holds from now until it is weighed."""
    said = said or {}
    with transaction.atomic():
        request = file_request(subject, kind, **said, **addressed)
        if kind == Kind.OBJECTION:
            purpose = PURPOSES[said["purpose"]]
            sentence = gettext("I object to this purpose: %(purpose)s. %(sentence)s") % {
                "purpose": purpose.name,
                "sentence": purpose.sentence,
            }
            object_to(subject, purpose.key, occasion, sentence=sentence)
        elif kind == Kind.WITHDRAWAL:
            withdraw_all(subject, occasion, sentence=gettext("I withdraw all my consents."))
    return request
