from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from privacy import (  # noqa: F401 they register what they show
    authority_admin,
    ledger_admin,
    request_admin,
)
from privacy.differences import differences
from privacy.documents import (
    NotPublishable,
    begin_draft,
    content_digest,
    problems_of,
    publish,
    purposes_of,
    take_over_cookies,
    version_in_force,
)
from privacy.export import admin as export_admin  # noqa: F401 likewise
from privacy.models import Clause, ControllerIdentity, Version
from privacy.operator import forget_operator
from privacy.purposes import PURPOSES


@admin.register(ControllerIdentity)
class ControllerIdentityAdmin(admin.ModelAdmin):
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ["name", "bin", "email"]
    fields = [
        ("name", "bin"),
        ("address_kk", "address_ru", "address_en"),
        ("email", "phone", "website"),
        "data_protection_contact",
        ("supervisory_authority_kk", "supervisory_authority_ru", "supervisory_authority_en"),
        "eu_representative",
    ]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not ControllerIdentity.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        forget_operator()


class PublishForm(forms.Form):
    # Chosen each time: neither answer is the usual one.
    is_material = forms.TypedChoiceField(
        label=gettext_lazy("Does it change what people agreed to?"),
        choices=[
            ("yes", gettext_lazy("Yes, materially: each account is asked once")),
            ("no", gettext_lazy("No: a correction that changes nothing for anybody")),
        ],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    effective_at = forms.DateTimeField(
        label=gettext_lazy("In force from"),
        required=False,
        help_text=gettext_lazy("Almaty time. Empty: at once."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    as_seen = forms.CharField(widget=forms.HiddenInput)


@admin.register(Version)
class VersionAdmin(admin.ModelAdmin):
    list_display = ["__str__", "is_in_force", "is_material", "effective_at", "published_at"]
    list_filter = ["document"]
    list_select_related = ["document"]
    ordering = ["document", "-number"]
    actions = None
    view_on_site = False
    texts = [
        ("title_kk", "title_ru", "title_en"),
        ("summary_kk", "summary_ru", "summary_en"),
    ]
    facts = ["published_at", "effective_at", "is_material", "digest"]

    @admin.display(boolean=True, description=gettext_lazy("in force"))
    def is_in_force(self, version):
        return version == version_in_force(version.document_id)

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["document"]
        return [*self.facts, *self.texts] if obj.is_published else self.texts

    def has_change_permission(self, request, obj=None):
        is_open = obj is None or not obj.is_published
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        is_open = obj is None or not obj.is_published
        return is_open and super().has_delete_permission(request, obj)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return narrow(super().formfield_for_dbfield(db_field, request, **kwargs))

    def save_model(self, request, obj, form, change):
        if not change:
            begin_draft(obj)
            return
        super().save_model(request, obj, form, change)
        take_over_cookies(obj)

    def response_add(self, request, obj, post_url_continue=None):
        self.message_user(
            request, _("The draft begins as a copy of the newest version."), messages.SUCCESS
        )
        return redirect("admin:privacy_version_change", obj.pk)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        version = self.get_object(request, object_id)
        facts = {"clauses": version.clauses_in_order()} if version else {}
        facts["may_publish"] = request.user.has_perm("privacy.publish_version")
        return super().change_view(request, object_id, form_url, facts | (extra_context or {}))

    def get_urls(self):
        view = self.admin_site.admin_view(self.publish)
        return [
            path("<int:pk>/publish/", view, name="privacy_version_publish"),
            *super().get_urls(),
        ]

    def publish(self, request, pk):
        """What would change, what stands against it, and the button."""
        if not request.user.has_perm("privacy.publish_version"):
            raise PermissionDenied
        draft = get_object_or_404(Version.objects.drafts(), pk=pk)
        form = PublishForm(request.POST or None, initial={"as_seen": content_digest(draft)})
        if request.method == "POST" and form.is_valid():
            try:
                version = publish(draft, **form.cleaned_data)
            except NotPublishable as refusal:
                form.add_error(None, refusal.problems)
            else:
                self.log_change(request, version, [{"changed": {"fields": ["published_at"]}}])
                self.message_user(request, _("%s is published.") % version, messages.SUCCESS)
                return redirect("admin:privacy_version_change", version.pk)
        return TemplateResponse(
            request,
            "admin/privacy/version/publish.html",
            self.admin_site.each_context(request)
            | {
                "title": _("Publish: %s") % draft,
                "opts": self.opts,
                "draft": draft,
                "form": form,
            }
            | consequences(draft),
        )


def consequences(draft):
    in_force = version_in_force(draft.document_id)
    before, after = (purposes_of(in_force) if in_force else set()), purposes_of(draft)
    languages = []
    for code, name in settings.LANGUAGES:
        with override(code):
            found = differences(in_force, draft)
        languages.append({"code": code, "name": name, "differences": found})
    return {
        "in_force": in_force,
        "languages": languages,
        "problems": problems_of(draft, draft.clauses.all()),
        "purposes_ended": [PURPOSES[key].name for key in sorted(before - after)],
        "purposes_begun": [PURPOSES[key].name for key in sorted(after - before)],
    }


class ClauseForm(forms.ModelForm):
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("Purposes it founds"),
        choices=[(key, purpose.name) for key, purpose in PURPOSES.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@admin.register(Clause)
class ClauseAdmin(admin.ModelAdmin):
    """Reached from the draft it belongs to."""

    form = ClauseForm
    fields = [
        "version",
        "number",
        ("heading_kk", "heading_ru", "heading_en"),
        ("text_kk", "text_ru", "text_en"),
        "is_suspended",
        "purposes",
        "covers",
    ]
    actions = None

    def has_module_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return is_open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return is_open(obj) and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request, obj=None):
        return ["version"] if obj else []

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        return narrow(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return super().formfield_for_foreignkey(
            db_field, request, **kwargs, queryset=Version.objects.drafts()
        )

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            # Between the look at the draft and the save it was published: the database refused.
            self.message_user(
                request,
                _("The version was published meanwhile. Nothing was saved."),
                messages.ERROR,
            )
            return redirect("admin:privacy_version_changelist")

    def response_post_save_add(self, request, obj):
        return redirect("admin:privacy_version_change", obj.version_id)

    response_post_save_change = response_post_save_add

    def delete_model(self, request, obj):
        request.draft_of_deleted_clause = obj.version_id
        super().delete_model(request, obj)

    def response_delete(self, request, obj_display, obj_id):
        return redirect("admin:privacy_version_change", request.draft_of_deleted_clause)


def is_open(clause):
    return clause is None or not (clause.is_generated or clause.version.is_published)


def narrow(field):
    """Wide enough to read, low enough to see three languages at once."""
    if isinstance(field, forms.CharField) and isinstance(field.widget, forms.Textarea):
        field.widget = forms.Textarea(attrs={"cols": 100, "rows": 10})
    return field
