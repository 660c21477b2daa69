from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from listings.models import Change, Listing


class ChangeInline(admin.TabularInline):
    model = Change
    template = "admin/edit_inline/table.html"
    fields = readonly_fields = ["at", "act", "role", "before", "after"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("listings.view_listing")


@admin.register(Listing)
class ListingAdmin(admin.ModelAdmin):
    """Looked at here; sellers change their ads themselves, moderators decide in the queue."""

    list_display = ["__str__", "title", "seller_name", "state", "waiting_since", "touched_at"]
    list_filter = ["state", "deal_type", ("waiting_since", admin.EmptyFieldListFilter)]
    list_select_related = ["seller"]
    search_fields = ["=id", "title", "seller__name"]
    search_help_text = _("Number, title or seller")
    show_full_result_count = False
    ordering = ["-pk"]
    actions = None
    inlines = [ChangeInline]
    change_form_template = "admin/listings/listing/change_form.html"
    fields = [
        ("seller", "state"),
        ("deal_type", "category", "language"),
        "title",
        "description",
        ("price_kind", "price", "price_to", "currency", "unit", "vat"),
        ("quantity", "minimum_order", "step"),
        ("region", "settlement", "village"),
        ("created_at", "first_published_at", "sort_at", "expires_at"),
        ("touched_at", "waiting_since", "version"),
    ]
    readonly_fields = [
        *("created_at", "first_published_at", "sort_at", "expires_at"),
        *("touched_at", "waiting_since", "version"),
    ]

    @admin.display(description=_("seller"))
    def seller_name(self, listing):
        return listing.seller.name

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
