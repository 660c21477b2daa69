"""Staff see who somebody is only after saying why they have to, and what they saw is recorded."""

from datetime import timedelta

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from privacy.data_map import DATA_MAP, Recipient
from privacy.disclosures import show_to_staff
from ui.filters import OnlyItsFilters

IN_SESSION = "revealed"
LASTS = timedelta(minutes=10)
MASKED = ("identity.", "contact.email", "contact.phone", "contact.address", "seller.person")
# A number that is a person's own.
MASKED_COLUMNS = {"iin"}


class RevealForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        min_length=10,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text=_("Why you have to see it. It is recorded, and the person can read it."),
    )


def mask(value) -> str:
    value = str(value or "")
    return f"{value[0]}•••" if value else "—"


def mask_of(model, name):
    @admin.display(description=model._meta.get_field(name).verbose_name)
    def masked(row):
        return mask(getattr(row, name))

    return masked


def masked_columns(model) -> list[str]:
    """Those of the data map that say who somebody is, but for what everybody may see anyway."""
    described = DATA_MAP.get(model)
    return [
        name
        for name, declared in (described.personal_fields.items() if described else ())
        if (declared.category.startswith(MASKED) or name in MASKED_COLUMNS)
        and Recipient.EVERYBODY not in declared.shown_to
    ]


class MaskedColumns:
    """Of a ModelAdmin or an inline: columns that say who are masked until they are revealed."""

    def masks(self):
        if not hasattr(self, "_masks"):
            self._masks = {name: mask_of(self.model, name) for name in masked_columns(self.model)}
        return self._masks

    def get_fields(self, request, obj=None):
        fields = super().get_fields(request, obj)
        return masked_in(fields, self.masks()) if is_masked(request, obj) else fields

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if not is_masked(request, obj):
            return fields
        others = [name for name in fields if name not in self.masks()]
        return [*others, *self.masks().values()]


class MaskedAdmin(OnlyItsFilters, MaskedColumns):
    """With a page that asks for the reason. Then they stay in clear for ten minutes."""

    change_form_template = "admin/masked_change_form.html"

    def get_list_display(self, request):
        return masked_in(super().get_list_display(request), self.masks())

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_reveal"
        view = self.admin_site.admin_view(self.reveal)
        return [path("<int:pk>/reveal/", view, name=name), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        may = request.user.has_perm("privacy.add_staffaccess")
        masked = is_masked(request, self.get_object(request, object_id))
        facts = {"may_reveal": may and masked} | (extra_context or {})
        return super().change_view(request, object_id, form_url, facts)

    def reveal(self, request, pk):
        row = self.get_object(request, pk)
        may = request.user.has_perm("privacy.add_staffaccess")
        if row is None or not may or not self.has_view_permission(request, row):
            raise PermissionDenied
        form = RevealForm(request.POST or None)
        page = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[pk])
        if request.method == "POST" and form.is_valid():
            with transaction.atomic():
                for subject, names in self.shown_by(row):
                    show_to_staff(
                        subject,
                        request.user.subject,
                        reason=form.cleaned_data["reason"],
                        fields=names,
                        about=key_of(row),
                    )
            revealed = request.session.get(IN_SESSION, {})
            until = (timezone.now() + LASTS).isoformat()
            request.session[IN_SESSION] = still(revealed) | {key_of(row): until}
            return HttpResponseRedirect(page)
        facts = {"title": _("Show who it is"), "opts": self.opts, "form": form, "back": page}
        return TemplateResponse(
            request,
            "admin/reveal.html",
            self.admin_site.each_context(request) | facts | {"original": row},
        )

    def shown_by(self, row):
        """The people whose masked columns the page shows, with the names of the columns."""
        yield from shown_in(row)
        for inline in self.inlines:
            if issubclass(inline, MaskedColumns):
                related = inline.model._base_manager.filter(
                    **{field.name: row for field in keys_to(inline.model, self.model)}
                )
                for each in related:
                    yield from shown_in(each)


def shown_in(row):
    described = DATA_MAP[type(row)]
    names = [name for name in masked_columns(type(row)) if getattr(row, name)]
    subject = row
    for step in described.subject.split("__"):
        subject = subject and getattr(subject, step)
    if subject and names:
        yield subject, names


def keys_to(model, target):
    return [field for field in model._meta.fields if field.related_model is target]


def masked_in(fields, masks):
    return [
        masked_in(each, masks) if isinstance(each, list | tuple) else masks.get(each, each)
        for each in fields
    ]


def key_of(row):
    return f"{row._meta.label_lower} {row.pk}"


def is_masked(request, row):
    """A form for a new row has nothing to hide."""
    return row is not None and key_of(row) not in still(request.session.get(IN_SESSION, {}))


def still(revealed):
    now = timezone.now()
    return {key: until for key, until in revealed.items() if parse_datetime(until) > now}


def shown_unmasked(options) -> list[str]:
    """For the system check: what a page of the administration shows though it should be masked."""
    if isinstance(options, MaskedColumns):
        return []
    fields = options.fields or [
        name for _title, given in options.fieldsets or () for name in given["fields"]
    ]
    shown = {*flatten(fields), *options.readonly_fields, *getattr(options, "list_display", ())}
    return [name for name in masked_columns(options.model) if name in shown]
