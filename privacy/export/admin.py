"""What staff sees of copies: how far they are, and nothing of what is in them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from privacy.export.beginning import begin_again
from privacy.ledger_admin import ReadOnly, link_to
from privacy.models import Export


@admin.register(Export)
class ExportAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "of_request", "state", "created_at", "ready_at", "expires_at", "error"]
    list_filter = ["state"]
    list_select_related = ["request"]
    ordering = ["-pk"]
    show_full_result_count = False
    actions = ["make_again"]
    fields = readonly_fields = [
        *("of_request", "state", "error", "attempts", "rows"),
        *("size", "created_at", "ready_at", "expires_at"),
    ]

    def has_work_permission(self, request):
        return request.user.has_perm("privacy.change_export")

    @admin.display(description=_("request"), ordering="request")
    def of_request(self, export):
        return link_to(export.request)

    @admin.display(description=_("entries"))
    def rows(self, export):
        """How far it is is told now and then only, and not at the end."""
        if not export.is_under_way:
            return export.rows_total
        return _("%(done)s of %(total)s") % {"done": export.rows_done, "total": export.rows_total}

    @admin.action(description=_("Make what failed again"), permissions=["work"])
    def make_again(self, request, exports):
        for export in exports:
            begin_again(export)
