"""The queue of requests: by their dates, the late ones first."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext, ngettext, override, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from privacy.answers import (
    EXTEND,
    answer,
    answer_by_standard,
    can_be_granted,
    language_of,
    standard_answers,
)
from privacy.ledger_admin import ReadOnly
from privacy.mailbox.admin import letters_of
from privacy.models import Erasure, IncomingLetter, Request, RequestStep
from ui.filters import OnlyItsFilters

CHANGED = _("The request has changed meanwhile. Nothing was answered.")


class StepInline(ReadOnly, admin.TabularInline):
    model = RequestStep
    template = "admin/edit_inline/table.html"
    fields = ["at", "state", "extended_to", "who", "reason"]
    readonly_fields = ["who", "extended_to"]

    @admin.display(description=_("by whom"))
    def who(self, step):
        return step.by or pgettext("who took a step", "the portal")


class ClockFilter(admin.SimpleListFilter):
    title = _("clock")
    parameter_name = "clock"

    def lookups(self, request, model_admin):
        return [
            ("late", _("late")),
            ("week", _("due within 7 days")),
            ("open", pgettext_lazy("requests", "not answered yet")),
            ("closed", pgettext_lazy("requests", "closed")),
        ]

    def queryset(self, request, requests):
        match self.value():
            case "late":
                return requests.overdue()
            case "week":
                return requests.due_within(7)
            case "open":
                return requests.open()
            case "closed":
                return requests.exclude(closed_at=None)
        return requests


class NextStepForm(forms.ModelForm):
    next_state = forms.ChoiceField(label=_("next step"), required=False)
    reason = RequestStep._meta.get_field("reason").formfield(
        widget=forms.Textarea({"rows": 3}),
        help_text=_(
            "Needed for an answer, a refusal and more time; the person reads it. Without anybody "
            "else's name or data."
        ),
    )

    class Meta:
        model = Request
        fields = []
        labels = {"subject": _("person")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        states = self.instance.next_states - {Request.State.TAKEN_BACK}
        may_extend = self.instance.is_open
        if erasure := Erasure.objects.filter(request=self.instance.pk).first():
            # It takes all other steps by itself.
            states &= {Request.State.REFUSED} if erasure.can_be_taken_back else set()
            may_extend = False
        self.fields["next_state"].choices = [
            ("", "—"),
            *(choice for choice in Request.State.choices if choice[0] in states),
            *([(EXTEND, _("two months more"))] if may_extend else []),
        ]

    def clean(self):
        cleaned = super().clean()
        step = cleaned.get("next_state")
        told = (Request.State.ANSWERED, Request.State.REFUSED, EXTEND)
        if step in told and not cleaned.get("reason"):
            self.add_error("reason", _("Say why, in a sentence for the person."))
        if step == Request.State.ANSWERED and not can_be_granted(self.instance):
            self.add_error(
                "next_state",
                _("This cannot be stopped for one person: refuse it, and say what outweighs."),
            )
        if step == EXTEND and (self.instance.is_overdue or self.instance.is_extended):
            self.add_error(
                "next_state", _("More time is taken once, and before the first month is over.")
            )
        return cleaned


@admin.register(Request)
class RequestAdmin(OnlyItsFilters, admin.ModelAdmin):
    form = NextStepForm
    inlines = [StepInline]
    list_display = ["id", "kind", "state", "received_at", "due_at", "clock"]
    list_filter = [ClockFilter, "state", "kind"]
    # Those that are open, the longest overdue first.
    ordering = [F("closed_at").asc(nulls_first=True), "due_at"]
    search_fields = ["=id", "=subject__id"]
    search_help_text = _("The number of a request, or of a person.")
    show_full_result_count = False
    actions = None
    readonly_fields = [
        *("kind", "about", "words", "state", "subject"),
        *("received_at", "due_at", "clock", "closed_at", "by_mail"),
    ]
    fields = [*readonly_fields, "next_state", "reason"]

    @admin.display(description=_("purpose"))
    def about(self, request):
        return request.purpose_words or "—"

    @admin.display(description=IncomingLetter._meta.verbose_name_plural)
    def by_mail(self, request):
        return letters_of(request) or "—"

    @admin.display(description=_("clock"), ordering="due_at")
    def clock(self, request):
        if not request.is_open:
            return "—"
        if request.is_overdue:
            late = max(-request.days_left, 1)
            return ngettext("late: %(days)d day", "late: %(days)d days", late) % {"days": late}
        if request.days_left == 0:
            return gettext("today")
        left = request.days_left
        return ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        if late := Request.objects.overdue().count():
            self.message_user(
                request,
                ngettext(
                    "%(late)d request is late: the law's month is over.",
                    "%(late)d requests are late: the law's month is over.",
                    late,
                )
                % {"late": late},
                messages.ERROR,
            )
        return super().changelist_view(request, extra_context)

    def get_urls(self):
        view = self.admin_site.admin_view(self.answer)
        return [
            path("<int:pk>/answer/", view, name="privacy_request_answer"),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, **kwargs):
        wish = kwargs["obj"]
        if self.has_change_permission(request, wish):
            context["standard_answers"] = in_words(wish)
            context["language"] = language_of(wish)
        return super().render_change_form(request, context, *args, **kwargs)

    def answer(self, request, pk):
        """One press: the words stand on the button's side, in the person's language."""
        wish = get_object_or_404(Request, pk=pk)
        if not self.has_change_permission(request, wish):
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:privacy_request_change", pk)
        try:
            answer_by_standard(wish, request.POST.get("answer", ""), by=request.user.subject)
        except (KeyError, Request.WrongOrder, Request.NotExtendable):
            self.message_user(request, CHANGED, messages.ERROR)
        else:
            self.log_change(request, wish, [{"changed": {"fields": ["state"]}}])
            self.message_user(
                request, gettext("Done. The person is told by letter."), messages.SUCCESS
            )
        return redirect("admin:privacy_request_change", pk)

    def save_model(self, request, obj, form, change):
        if step := form.cleaned_data["next_state"]:
            try:
                answer(obj, step, by=request.user.subject, reason=form.cleaned_data["reason"])
            except (Request.WrongOrder, Request.NotExtendable):
                self.message_user(request, CHANGED, messages.ERROR)


BUTTONS = {
    Request.State.ANSWERED: pgettext_lazy("a request", "Send this answer"),
    Request.State.REFUSED: pgettext_lazy("a request", "Refuse with these words"),
    EXTEND: pgettext_lazy("a request", "Take two months more"),
}


def in_words(wish):
    """As the person will read it, and in the reader's own language if that is another."""
    found = []
    for key, standard in standard_answers(wish).items():
        with override(language_of(wish)):
            theirs = str(standard.words)
        ours = str(standard.words)
        found.append(
            {
                "key": key,
                "button": BUTTONS[standard.outcome],
                "words": theirs,
                "meaning": ours if ours != theirs else "",
            }
        )
    return found
