"""Places in the administration: like the catalogue they are archived, never deleted."""

from django.contrib import admin
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from places.models import Country, District, Region, Settlement

NAMES = ("name_kk", "name_ru", "name_en")


class PlaceAdmin(admin.ModelAdmin):
    search_fields = list(NAMES)
    search_help_text = _("Name in any language")

    @admin.display(description=_("name"))
    def called(self, place):
        return place.name

    @admin.display(description=_("shown"), boolean=True)
    def is_shown(self, place):
        return not place.is_archived

    def get_ordering(self, request):
        return [f"order_{get_language()}", "pk"]

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Country)
class CountryAdmin(PlaceAdmin):
    list_display = ["called", "code", "is_shown"]
    fields = ["code", NAMES, "is_archived"]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []


@admin.register(Region)
class RegionAdmin(PlaceAdmin):
    list_display = ["__str__", "code", "kind", "country", "is_shown"]
    list_select_related = ["country"]
    fields = [
        ("code", "country", "kind"),
        NAMES,
        ("full_name_kk", "full_name_ru", "full_name_en"),
        ("latitude", "longitude"),
        "is_archived",
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["code", "country"] if obj else []


@admin.register(District)
class DistrictAdmin(PlaceAdmin):
    list_display = ["called", "region", "is_shown"]
    list_filter = ["region"]
    list_select_related = ["region"]
    fields = ["region", NAMES, "is_archived"]


@admin.register(Settlement)
class SettlementAdmin(PlaceAdmin):
    list_display = ["called", "district", "region", "country", "population", "is_shown"]
    list_filter = ["country", "region"]
    list_select_related = ["district__region", "region", "country"]
    readonly_fields = ["geonames_id"]
    fields = [
        ("country", "region", "district"),
        NAMES,
        ("latitude", "longitude"),
        ("population", "geonames_id"),
        "is_archived",
    ]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "district":
            kwargs["queryset"] = District.objects.in_order().select_related("region")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
