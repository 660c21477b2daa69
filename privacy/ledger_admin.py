"""What staff sees of consents, disclosures and accesses. Nothing here can be changed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from privacy.models import (
    ConsentEntry,
    Disclosure,
    Erasure,
    GroupSite,
    Hold,
    LedgerRun,
    RetentionRun,
    SelfCheckRun,
    StaffAccess,
)
from privacy.purposes import PURPOSES
from ui.filters import OnlyItsFilters


class ReadOnly(OnlyItsFilters):
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
    list_display = ["id", "recipient", "about", "purpose", "at"]
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
    list_display = ["id", "request", "state", "step", "starts_at", "finished_at"]
    list_display += ["looked_again_at", "trouble"]
    list_filter = ["state"]
    fields = ["request", "state", "step", "attempts", "trouble", "found", "certificate"]
    fields += ["created_at", "starts_at", "began_at", "finished_at", "looked_again_at"]
    actions = ["carry_out_again"]

    def has_work_permission(self, request):
        return request.user.has_perm("privacy.change_erasure")

    @admin.action(description=_("Carry out again"), permissions=["work"])
    def carry_out_again(self, request, erasures):
        stuck = erasures.filter(state=Erasure.State.FAILED)
        count = stuck.update(state=Erasure.State.RUNNING, attempts=0, lease_until=None)
        words = ngettext(
            "%(count)d erasure goes on within a minute.",
            "%(count)d erasures go on within a minute.",
            count,
        )
        self.message_user(request, words % {"count": count})
