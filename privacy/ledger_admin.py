"""What staff sees of consents, disclosures and accesses. Nothing here can be changed."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from privacy.data_map import DATA_MAP
from privacy.erasure.holding import RULES
from privacy.held import words_of_columns
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
from privacy.watch import in_words
from ui.filters import OnlyItsFilters


class ReadOnly(OnlyItsFilters):
    def has_add_permission(self, request, *args):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def lines_of(rows_by_table):
    """What stands under the names of tables, as people call them."""
    titles = {table.table: table.title for table in DATA_MAP.values() if table.title}
    lines = [(titles.get(table, table), rows) for table, rows in rows_by_table.items()]
    return format_html_join("", "<p>{}: {}</p>", sorted(lines, key=str)) or "—"


def link_to(request):
    address = reverse("admin:privacy_request_change", args=[request.pk])
    return format_html('<a href="{}">{}</a>', address, request)


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
    fields = readonly_fields = ["started_at", "finished_at", "found", "raised_alarm", "seal"]
    show_full_result_count = False

    @admin.display(description=_("faults"))
    def faults(self, run):
        return run.faults

    @admin.display(description=_("findings"))
    def found(self, run):
        told = [
            (one["words"], one["count"], ", ".join(one["first"])) for one in in_words(run.findings)
        ]
        return format_html_join("", "<p>{}: {} ({})</p>", told) or "—"


@admin.register(RetentionRun)
class RetentionRunAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "started_at", "finished_at", "rows"]
    fields = readonly_fields = ["started_at", "finished_at", "swept_rows", "late_rows"]

    @admin.display(description=_("rows swept"))
    def rows(self, run):
        return sum(run.swept.values())

    @admin.display(description=_("rows swept"))
    def swept_rows(self, run):
        return lines_of(run.swept)

    @admin.display(description=_("rows too late"))
    def late_rows(self, run):
        return lines_of(run.late)


@admin.register(Disclosure)
class DisclosureAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "recipient", "about", "what_for", "at"]
    list_filter = ["kind"]
    fields = readonly_fields = [
        *("person", "kind", "recipient", "recipient_number"),
        *("what", "what_for", "on_which_basis", "about", "at"),
    ]
    search_fields = ["=about"]
    search_help_text = _("The reference of an order.")
    show_full_result_count = False

    @admin.display(description=_("person"))
    def person(self, disclosure):
        return disclosure.subject_id

    @admin.display(description=_("what was given"))
    def what(self, disclosure):
        return words_of_columns(disclosure.fields)

    @admin.display(description=_("purpose"), ordering="purpose")
    def what_for(self, disclosure):
        return disclosure.purpose_words

    @admin.display(description=_("legal basis"))
    def on_which_basis(self, disclosure):
        return disclosure.basis_words


@admin.register(StaffAccess)
class StaffAccessAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "by", "about", "reason", "at"]
    fields = readonly_fields = ["person", "by", "what", "about", "reason", "at"]

    @admin.display(description=_("person"))
    def person(self, access):
        return access.subject_id

    @admin.display(description=_("what was seen"))
    def what(self, access):
        return words_of_columns(access.fields)

    search_fields = ["=about"]
    search_help_text = _("The reference of an order.")
    show_full_result_count = False


@admin.register(GroupSite)
class GroupSiteAdmin(admin.ModelAdmin):
    list_display = ["domain"]


class HoldInline(ReadOnly, admin.TabularInline):
    model = Hold
    template = "admin/edit_inline/table.html"
    fields = readonly_fields = ["ground", "number", "began_at", "until", "ended_at"]

    @admin.display(description=_("ground"))
    def ground(self, hold):
        return RULES[hold.rule].ground if hold.rule in RULES else hold.rule

    @admin.display(description=_("number of the row"))
    def number(self, hold):
        return hold.row

    @admin.display(description=_("how long"))
    def until(self, hold):
        return hold.ends_at or (RULES[hold.rule].until if hold.rule in RULES else "—")


@admin.register(Erasure)
class ErasureAdmin(ReadOnly, admin.ModelAdmin):
    inlines = [HoldInline]
    list_display = ["id", "of_request", "state", "at", "starts_at", "finished_at"]
    list_display += ["looked_again_at", "trouble"]
    list_filter = ["state"]
    list_select_related = ["request"]
    fields = readonly_fields = [
        *("of_request", "state", "at", "attempts", "trouble", "created_at", "starts_at"),
        *("began_at", "finished_at", "looked_again_at", "rows_found"),
    ]
    actions = ["carry_out_again"]

    def has_work_permission(self, request):
        return request.user.has_perm("privacy.change_erasure")

    @admin.display(description=_("request"), ordering="request")
    def of_request(self, erasure):
        return link_to(erasure.request)

    @admin.display(description=_("step"), ordering="step")
    def at(self, erasure):
        """Only while there are steps to come does the number of one say anything."""
        goes_on = erasure.began_at and not erasure.is_over
        return erasure.get_step_display() if goes_on else "—"

    @admin.display(description=_("rows there were"))
    def rows_found(self, erasure):
        return lines_of(erasure.found)

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
