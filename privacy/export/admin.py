"""What staff sees of copies: how far they are, and nothing of what is in them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from privacy.export.beginning import begin_again
from privacy.ledger_admin import ReadOnly
from privacy.models import Export


@admin.register(Export)
class ExportAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "request", "state", "created_at", "ready_at", "expires_at", "error"]
    list_filter = ["state"]
    list_select_related = ["request"]
    ordering = ["-pk"]
    show_full_result_count = False
    actions = ["make_again"]
    fields = [
        *("request", "state", "error", "attempts", "rows_done", "rows_total"),
        *("size", "created_at", "ready_at", "expires_at"),
    ]

    def has_work_permission(self, request):
        return request.user.has_perm("privacy.change_export")

    @admin.action(description=_("Make what failed again"), permissions=["work"])
    def make_again(self, request, exports):
        for export in exports:
            begin_again(export)
