from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from letters.after_commit import after_commit
from listings import listing_admin  # noqa: F401 registers what it shows
from listings.catalogue import Catalogue
from listings.models import (
    Attribute,
    Category,
    CategoryAttribute,
    Choice,
    DealType,
    PriceKind,
    Rate,
)
from listings.tasks import refile_documents, refresh_prices
from listings.units import PriceUnit
from ui.alphabet import sort_key

IN_TREE = "\N{EM SPACE}" * 2


class OwnAttributeForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # The shipped data knows the row by it.
            self.fields["attribute"].disabled = True
            self.fields["attribute"].widget = forms.HiddenInput()


class OwnAttributes(admin.TabularInline):
    model = CategoryAttribute
    form = OwnAttributeForm
    template = "admin/edit_inline/table.html"
    fields = ["attribute", "position", "is_required", "is_hidden", "fact"]
    extra = 3

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("attribute")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "attribute":
            # Sorted here, and once for all rows: attributes are too few to keep their order.
            names = [(one.pk, f"{one} ({one.code})") for one in field.queryset]
            names.sort(key=lambda name: sort_key(name[1], get_language()))
            field.choices = [("", field.empty_label), *names]
        return field

    def has_delete_permission(self, request, obj=None):
        """What the next load would bring back is hidden instead; so one rule serves for all."""
        return False


class InTreeField(forms.ModelChoiceField):
    def label_from_instance(self, category):
        return f"{IN_TREE * category.level}{category}"


class CategoryForm(forms.ModelForm):
    parent = InTreeField(
        label=_("Stands under"),
        queryset=Category.objects.order_by("place"),
        required=False,
        empty_label=_("Nothing: it is a section"),
        help_text=_("What stands below it moves along."),
    )
    deal_types = forms.MultipleChoiceField(
        label=_("Deals allowed"),
        choices=DealType,
        initial=[DealType.SALE, DealType.WANTED],
        widget=forms.CheckboxSelectMultiple,
    )
    units = forms.MultipleChoiceField(
        label=_("Units of the price"),
        choices=PriceUnit,
        initial=[PriceUnit.PIECE],
        widget=forms.CheckboxSelectMultiple,
    )
    price_kinds = forms.MultipleChoiceField(
        label=_("Kinds of price"),
        choices=PriceKind,
        initial=PriceKind.values,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self):
        """Refuse a tree that is none, in the order in which two editors come."""
        facts = super().clean()
        parent = facts.get("parent")
        if parent is None:
            return facts
        Category.objects.lock_tree()
        parent = Category.objects.get(pk=parent.pk)
        below = Category.objects.filter(ancestors__contains=[self.instance.pk or 0])
        if self.instance.pk in (parent.pk, *parent.ancestors):
            raise ValidationError({"parent": _("A category cannot stand under itself.")})
        height = max((one.level for one in below), default=self.instance.level)
        if parent.level + 1 + height - self.instance.level >= Category.LEVELS:
            raise ValidationError(
                {"parent": _("It would stand too deep: the catalogue has three levels.")}
            )
        return facts


class LevelFilter(admin.SimpleListFilter):
    title = _("section")
    parameter_name = "section"

    def lookups(self, request, model_admin):
        return [(str(one.pk), str(one)) for one in Category.objects.filter(parent=None)]

    def queryset(self, request, categories):
        section = next((int(pk) for pk, _name in self.lookup_choices if pk == self.value()), None)
        if section is None:
            return categories
        return categories.filter(Q(pk=section) | Q(ancestors__contains=[section]))


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    form = CategoryForm
    inlines = [OwnAttributes]
    list_display = ["in_tree", "slug", "deals", "price_unit", "expiry_days", "is_shown"]
    list_display_links = ["in_tree"]
    list_filter = [LevelFilter, "is_archived", "is_featured"]
    list_per_page = list_max_show_all = 500
    ordering = ["place"]
    search_fields = ["name_kk", "name_ru", "name_en", "slug"]
    search_help_text = _("Name in any language, or address")
    actions = ["archive", "restore"]
    view_on_site = True
    fieldsets = [
        (None, {"fields": ["parent", "slug", ("name_kk", "name_ru", "name_en"), "icon"]}),
        (None, {"fields": [("position", "is_featured", "is_archived")]}),
        (
            _("Ads"),
            {"fields": ["deal_types", "price_unit", "units", "price_kinds", "expiry_days"]},
        ),
        (_("What its ads tell"), {"fields": ["inherited", "row"]}),
    ]

    @admin.display(description=_("category"), ordering="place")
    def in_tree(self, category):
        return f"{IN_TREE * category.level}{category}"

    @admin.display(description=_("deals allowed"))
    def deals(self, category):
        return ", ".join(str(DealType(deal).label) for deal in category.deal_types)

    @admin.display(description=_("open"), boolean=True)
    def is_shown(self, category):
        return not category.is_archived

    @admin.display(description=_("inherited"))
    def inherited(self, category):
        """Attributes from above, each with where it begins."""
        catalogue = Catalogue.read()
        own = {use.attribute_id for use in category.own_attributes.all()}
        places = {
            use.attribute_id: one
            for one in catalogue.above(category)
            for use in one.own_attributes.all()
        }
        inherited = [
            (question.attribute, places[question.attribute.pk])
            for question in catalogue.attributes_of(catalogue.categories[category.pk])
            if question.attribute.pk not in own
        ]
        if not inherited:
            return _("nothing")
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} ({})</li>", inherited))

    @admin.display(description=_("row of a list"))
    def row(self, category):
        catalogue = Catalogue.read()
        facts = catalogue.facts_of(catalogue.categories[category.pk])
        return ", ".join(str(question.attribute) for question in facts) or _("nothing")

    def get_fieldsets(self, request, obj=None):
        return self.fieldsets if obj else self.fieldsets[:-1]

    def get_readonly_fields(self, request, obj=None):
        return ["slug", "inherited", "row"] if obj else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name_en"]}

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "price_unit" in form.changed_data:
            # Their prices are compared by another unit now.
            obj.listings.update(version=F("version") + 1)
        if Category.objects.refile() or "price_unit" in form.changed_data:
            after_commit(refile_documents, 0)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Category.Misplaced as refusal:
            # Between the look at the page and the save somebody else moved something.
            self.message_user(request, str(refusal), messages.ERROR)
            self.message_user(request, _("Nothing was saved."), messages.ERROR)
            return redirect("admin:listings_category_changelist")

    @admin.action(description=_("Archive"), permissions=["change"])
    def archive(self, request, categories):
        self.set_archived(request, categories, True)

    @admin.action(description=_("Take out of the archive"), permissions=["change"])
    def restore(self, request, categories):
        self.set_archived(request, categories, False)

    def set_archived(self, request, categories, is_archived):
        with transaction.atomic():
            changed = list(categories.exclude(is_archived=is_archived).order_by("pk"))
            Category.objects.filter(pk__in=[one.pk for one in changed]).update(
                is_archived=is_archived
            )
            for one in changed:
                self.log_change(request, one, [{"changed": {"fields": ["is_archived"]}}])
        self.message_user(
            request,
            ngettext(
                "%(count)d category is changed.", "%(count)d categories are changed.", len(changed)
            )
            % {"count": len(changed)},
            messages.SUCCESS,
        )


class ChoiceForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Saved searches name it.
        self.fields["code"].disabled = self.instance.pk is not None


class Choices(admin.TabularInline):
    model = Choice
    form = ChoiceForm
    template = "admin/edit_inline/table.html"
    fields = ["code", "name_kk", "name_ru", "name_en", "position", "is_archived"]
    extra = 5

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Attribute)
class AttributeAdmin(admin.ModelAdmin):
    inlines = [Choices]
    list_display = ["__str__", "code", "type", "sign", "used_in", "is_filterable", "is_asked"]
    list_filter = ["type", "is_filterable", "is_archived"]
    ordering = ["code"]
    search_fields = ["name_kk", "name_ru", "name_en", "code"]
    search_help_text = _("Name in any language, or code")
    fields = [
        ("code", "type"),
        ("name_kk", "name_ru", "name_en"),
        ("help_kk", "help_ru", "help_en"),
        ("unit", "decimals", "minimum", "maximum"),
        ("is_filterable", "is_archived"),
    ]

    @admin.display(description=_("unit"))
    def sign(self, attribute):
        return attribute.sign

    @admin.display(description=_("categories"))
    def used_in(self, attribute):
        return ", ".join(str(use.category) for use in attribute.places.all())

    @admin.display(description=_("asked"), boolean=True)
    def is_asked(self, attribute):
        return not attribute.is_archived

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("places__category")

    def get_readonly_fields(self, request, obj=None):
        return ["code", "type"] if obj else []

    def get_inlines(self, request, obj):
        return self.inlines if obj and obj.has_choices else []

    def has_delete_permission(self, request, obj=None):
        return False

    def response_add(self, request, obj, post_url_continue=None):
        if not obj.has_choices or "_popup" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        self.message_user(
            request, _("Now its choices: without any it is not asked."), messages.SUCCESS
        )
        return redirect("admin:listings_attribute_change", obj.pk)


@admin.register(Rate)
class RateAdmin(admin.ModelAdmin):
    list_display = ["currency", "on", "tenge", "source"]
    list_filter = ["currency", "source"]
    date_hierarchy = "on"
    fields = ["currency", "on", "tenge"]

    def save_model(self, request, obj, form, change):
        """Entered here it stays, whatever is loaded later for the same day."""
        obj.source = Rate.Source.HAND
        super().save_model(request, obj, form, change)
        after_commit(refresh_prices, 0)
