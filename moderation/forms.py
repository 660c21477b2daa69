from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from listings.catalogue import current_catalogue
from moderation.models import Appeal, Ban, Complaint, Decision
from moderation.models.ban import known_by, mask_of_addresses, range_of_addresses
from moderation.reasons import ADS, POSTING, RULES, Reason
from moderation.rules import WithoutRule

Act = Decision.Act
IN_TREE = "\N{EM SPACE}" * 2
# Without a word more the seller would not know what is meant.
TOLD = {Reason.OTHER, Reason.UNTRUE, Reason.DUPLICATE}


class ComplaintForm(forms.ModelForm):
    marks_required = True

    reason = forms.ChoiceField(
        label=_("What is wrong?"), choices=Complaint.Reason, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=Complaint.LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Needed with “something else”. Write nothing here about anybody's health, beliefs or "
            "origin. Only moderators read it; the seller does not learn who you are."
        ),
    )

    email = forms.EmailField(
        label=_("E-mail for the outcome"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_(
            "If you like. Signed in you need not write it: the letter goes to your account's "
            "address. This one is deleted as soon as the letter is written."
        ),
    )

    class Meta:
        model = Complaint
        fields = ["reason", "text", "email"]

    def clean(self):
        given = super().clean()
        if given.get("reason") == Complaint.Reason.OTHER and not given.get("text"):
            self.add_error("text", _("Say in your words what is wrong."))
        return given


class AppealForm(forms.ModelForm):
    class Meta:
        model = Appeal
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}
        labels = {"text": _("Why is the decision wrong?")}
        help_texts = {
            "text": _(
                "You can appeal once. Another moderator reads this and answers within two days."
            )
        }


class AnswerForm(forms.Form):
    is_granted = forms.TypedChoiceField(
        label=_("The decision was"),
        choices=[("no", _("right: it stays")), ("yes", _("wrong: it is put right"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Answer to the seller"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("It stands in the letter. Say what you have looked at and why you decide so."),
    )


class BanForm(forms.ModelForm):
    """Of whoever is meant only a keyed digest is kept."""

    email = forms.CharField(
        label=Ban.Kind.EMAIL.label,
        required=False,
        max_length=254,
        validators=[mask_of_addresses],
        help_text=_("name@host.kz, *@host.kz, or *@*.host.kz with all that stands under it."),
    )
    phone = PhoneNumberField(label=Ban.Kind.PHONE.label, required=False)
    bin = forms.RegexField(
        r"\A\s*([0-9]\s*){12}\Z",
        label=Ban.Kind.BIN.label,
        required=False,
        error_messages={"invalid": _("Twelve digits.")},
    )
    network = forms.CharField(
        label=Ban.Kind.NETWORK.label,
        required=False,
        max_length=43,
        validators=[range_of_addresses],
        help_text=_("For example 203.0.113.0/24 or 2001:db8::/48."),
    )

    def clean(self):
        given = super().clean()
        known = {kind: str(given[kind]) for kind in Ban.Kind if given.get(kind)}
        if not self.errors and len(known) + bool(given.get("user")) != 1:
            raise ValidationError(_("Fill in exactly one of the fields above the reason."))
        for kind, value in known.items():
            for name, kept in known_by(kind, value).items():
                setattr(self.instance, name, kept)
        return given


class LookUpForm(forms.Form):
    value = forms.CharField(
        label=_("E-mail, phone, BIN, IIN or address of the net"),
        max_length=254,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("The whole of it, as you know it. It is kept nowhere."),
    )


class GroundsForm(forms.Form):
    """Why, by which rule, and what is said of it to the seller."""

    # The edition that was read.
    seen = forms.CharField(max_length=80, widget=forms.HiddenInput)
    reasons = forms.MultipleChoiceField(
        label=_("Reasons"), required=False, widget=forms.CheckboxSelectMultiple
    )
    rule = forms.ChoiceField(label=_("Rule"), required=False)
    note = forms.CharField(
        label=_("What and where"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Quote what is wrong. It stands in the letter to the seller."),
    )

    def __init__(self, *args, rules, documents=(ADS, POSTING), **kwargs):
        super().__init__(*args, **kwargs)
        self.rules = rules
        self.fields["reasons"].choices = reasons_in_force(rules, documents)
        self.fields["rule"].choices = [
            ("", _("the rule of the reason")),
            *((str(rule), shortened(rule, clause)) for rule, clause in rules.texts.items()),
        ]

    def clean_rule(self):
        written = self.cleaned_data["rule"]
        return self.rules.written(written) if written else None

    def refuse_without_grounds(self, given):
        reasons = given.get("reasons") or []
        if not reasons and "reasons" not in self.errors:
            self.add_error("reasons", _("Say why: tick at least one reason."))
        if Reason.OTHER in reasons and not given.get("rule"):
            self.add_error("rule", _("Every decision names the rule it stands on."))
        if TOLD & set(reasons) and not given.get("note"):
            self.add_error("note", _("Write what exactly is wrong, and where."))


class DecisionForm(GroundsForm):
    """What a moderator does with the ad on the page; the button says which act."""

    act = forms.ChoiceField(choices=Act, widget=forms.HiddenInput)
    category = forms.TypedChoiceField(
        label=_("Right category"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args, acts, category, **kwargs):
        super().__init__(*args, **kwargs)
        self.acts = acts
        self.fields["category"].choices = [("", "—"), *open_categories(without=category)]

    def clean(self):
        given = super().clean()
        act = given.get("act")
        if act and act not in self.acts:
            raise ValidationError(_("That cannot be done with this ad any more."))
        if act in (Act.REJECT, Act.BLOCK):
            self.refuse_without_grounds(given)
        if act == Act.REFILE and not given.get("category"):
            self.add_error("category", _("Choose the right category."))
        return given


class RemovalForm(GroundsForm):
    """What a moderator takes off the page of a seller."""

    parts = forms.MultipleChoiceField(
        label=_("What to remove"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what breaks the rules.")},
    )

    def __init__(self, *args, said, **kwargs):
        # The rules for ads say nothing about the page of a seller.
        super().__init__(*args, documents=(POSTING,), **kwargs)
        self.fields["parts"].choices = [(part, part.label) for part in said]

    def clean(self):
        given = super().clean()
        self.refuse_without_grounds(given)
        return given


def reasons_in_force(rules, documents):
    """Those behind which a clause of these documents stands now, with its number."""
    for reason, label in Reason.choices:
        if reason == Reason.OTHER:
            yield reason, label
            continue
        document, clause = RULES[Reason(reason)]
        try:
            rule = rules.rule(document, clause)
        except WithoutRule:
            continue
        if document in documents:
            yield reason, f"{label} ({rule.clause})"


def shortened(rule, clause):
    words = clause.text or clause.heading
    return f"{rule.words}: {words[:60]}"


def open_categories(without):
    catalogue = current_catalogue()
    for category in sorted(catalogue.categories.values(), key=lambda one: one.place):
        if catalogue.is_open(category) and category.pk != without:
            yield category.pk, f"{IN_TREE * category.level}{category}"
