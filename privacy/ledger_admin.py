"""What staff sees of consents and requests. Nothing here can be changed but a request's state."""

from django import forms
from django.contrib import admin
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from privacy.mailbox.admin import letters_of
from privacy.models import (
    ConsentEntry,
    Disclosure,
    GroupSite,
    IncomingLetter,
    LedgerRun,
    Request,
    RequestStep,
    RetentionRun,
    SelfCheckRun,
    StaffAccess,
)
from privacy.purposes import PURPOSES
from privacy.requests import take_step


class ReadOnly:
    def has_add_permission(self, request, *args):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class PurposeFilter(admin.SimpleListFilter):
    title = ConsentEntry._meta.get_field("purpose").verbose_name
    parameter_name = "purpose"

    def lookups(self, request, model_admin):
        return [(key, purpose.name) for key, purpose in PURPOSES.items() if purpose.needs_consent]

    def queryset(self, request, entries):
        return entries.filter(purpose=self.value()) if self.value() else entries


@admin.register(ConsentEntry)
class ConsentEntryAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "person", "sequence", "act", "purpose", "channel", "version", "at"]
    exclude = ["subject"]
    readonly_fields = ["person"]
    list_filter = ["act", PurposeFilter, "channel"]
    list_select_related = ["version__document"]
    search_fields = ["=subject__id"]
    search_help_text = _("The number of a person.")
    show_full_result_count = False
    ordering = ["-pk"]

    @admin.display(description=_("person"), ordering="subject")
    def person(self, entry):
        return entry.subject_id


@admin.register(LedgerRun)
class LedgerRunAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "started_at", "finished_at", "entries", "found"]

    @admin.display(description=_("faults"))
    def found(self, run):
        return len(run.faults)


@admin.register(SelfCheckRun)
class SelfCheckRunAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "started_at", "finished_at", "faults", "raised_alarm"]
    list_filter = ["raised_alarm"]
    exclude = ["seal_before"]
    show_full_result_count = False

    @admin.display(description=_("faults"))
    def faults(self, run):
        return run.faults


@admin.register(RetentionRun)
class RetentionRunAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "started_at", "finished_at", "rows"]

    @admin.display(description=_("rows swept"))
    def rows(self, run):
        return sum(run.swept.values())


@admin.register(Disclosure)
class DisclosureAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "recipient_name", "about", "purpose", "at"]
    list_filter = ["kind"]
    search_fields = ["=about"]
    search_help_text = _("The reference of an order.")
    show_full_result_count = False


@admin.register(StaffAccess)
class StaffAccessAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "by", "about", "reason", "at"]
    search_fields = ["=about"]
    search_help_text = _("The reference of an order.")
    show_full_result_count = False


@admin.register(GroupSite)
class GroupSiteAdmin(admin.ModelAdmin):
    list_display = ["domain"]


class StepInline(ReadOnly, admin.TabularInline):
    model = RequestStep
    template = "admin/edit_inline/table.html"
    fields = ["at", "state", "who", "reason"]
    readonly_fields = ["who"]

    @admin.display(description=_("by whom"))
    def who(self, step):
        return step.by or pgettext("who took a step", "the portal")


class NextStepForm(forms.ModelForm):
    next_state = forms.ChoiceField(label=_("next step"), required=False)
    reason = RequestStep._meta.get_field("reason").formfield(
        help_text=_("Needed for a refusal; the person reads it. Without anybody's name or data.")
    )

    class Meta:
        model = Request
        fields = []
        labels = {"subject": _("person")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        states = self.instance.next_states - {Request.State.TAKEN_BACK}
        self.fields["next_state"].choices = [
            ("", "—"),
            *(choice for choice in Request.State.choices if choice[0] in states),
        ]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("next_state") == Request.State.REFUSED and not cleaned.get("reason"):
            self.add_error("reason", _("Say why, in a sentence for the person."))
        return cleaned


@admin.register(Request)
class RequestAdmin(admin.ModelAdmin):
    form = NextStepForm
    inlines = [StepInline]
    list_display = ["id", "kind", "state", "received_at", "due_at", "is_overdue"]
    list_filter = ["state", "kind"]
    ordering = [F("closed_at").asc(nulls_first=True), "due_at"]
    readonly_fields = ["kind", "state", "subject", "received_at", "due_at", "closed_at", "by_mail"]
    fields = [*readonly_fields, "next_state", "reason"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=IncomingLetter._meta.verbose_name_plural)
    def by_mail(self, request):
        return letters_of(request) or "—"

    def save_model(self, request, obj, form, change):
        if state := form.cleaned_data["next_state"]:
            take_step(obj, state, by=request.user.subject, reason=form.cleaned_data["reason"])
