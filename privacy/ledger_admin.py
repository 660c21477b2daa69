"""What staff sees of consents and requests. Nothing here can be changed but a request's state."""

from django import forms
from django.contrib import admin
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from privacy.models import (
    ConsentEntry,
    Disclosure,
    Erasure,
    GroupSite,
    Hold,
    LedgerRun,
    Request,
    RequestStep,
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


class HoldInline(ReadOnly, admin.TabularInline):
    model = Hold
    fields = ["rule", "fields", "began_at", "ends_at", "ended_at"]


@admin.register(Erasure)
class ErasureAdmin(ReadOnly, admin.ModelAdmin):
    inlines = [HoldInline]
    list_display = ["id", "request", "state", "step", "starts_at", "finished_at", "trouble"]
    list_filter = ["state"]
    fields = ["request", "state", "step", "attempts", "trouble", "found", "certificate"]
    fields += ["created_at", "starts_at", "began_at", "finished_at"]
    actions = ["carry_out_again"]

    @admin.action(description=_("Carry out again"))
    def carry_out_again(self, request, erasures):
        stuck = erasures.filter(state=Erasure.State.FAILED)
        count = stuck.update(state=Erasure.State.RUNNING, attempts=0, lease_until=None)
        words = ngettext(
            "%(count)d erasure goes on within a minute.",
            "%(count)d erasures go on within a minute.",
            count,
        )
        self.message_user(request, words % {"count": count})


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
        if erasure := Erasure.objects.filter(request=self.instance.pk).first():
            # It takes all other steps by itself.
            states &= {Request.State.REFUSED} if erasure.can_be_taken_back else set()
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
    readonly_fields = ["kind", "state", "subject", "received_at", "due_at", "closed_at"]
    fields = [*readonly_fields, "next_state", "reason"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        if state := form.cleaned_data["next_state"]:
            take_step(obj, state, by=request.user.subject, reason=form.cleaned_data["reason"])
