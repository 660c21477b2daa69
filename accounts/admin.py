from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from allauth.usersessions.admin import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.admin import Group
from django.contrib.auth.admin import GroupAdmin as DjangosGroupAdmin
from django.db import models
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.second_factor import NoSecondFactor, remove_second_factor
from privacy.masking import MaskedAdmin, mask

# allauth's own pages would show addresses, sessions and secrets to staff who need none of them.
admin.site.unregister([EmailAddress, Authenticator, UserSession, Group])


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("How the person proved who they are. It is recorded; name nobody in it."),
    )


@admin.register(Group)
class GroupAdmin(DjangosGroupAdmin):
    # The two lists that Django's script would make of them cannot be read out.
    filter_horizontal = []
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}


@admin.register(User)
class UserAdmin(MaskedAdmin, admin.ModelAdmin):
    list_display = ["__str__", "email", "full_name", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "activity", "language"]
    # Whole values: by parts of them staff would find out letter by letter what is masked.
    search_fields = ["=email", "=surname", "=first_name", "=phones__number"]
    search_help_text = _("E-mail, surname, first name or phone, written out in full")
    date_hierarchy = "date_joined"
    ordering = ["-pk"]
    fields = [
        "email",
        ("surname", "first_name", "patronymic"),
        "activity",
        "language",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "user_permissions",
        "date_joined",
        "last_login",
        "has_second_factor",
    ]
    readonly_fields = ["email", "date_joined", "last_login", "has_second_factor"]
    actions = ["remove_second_factor"]

    @admin.display(description=_("full name"))
    def full_name(self, user):
        return " ".join(mask(part) for part in user.get_full_name().split()) or "—"

    @admin.display(boolean=True, description=_("second factor"))
    def has_second_factor(self, user):
        return user.has_second_factor

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if request.user.is_superuser:
            return fields
        return [*fields, "is_staff", "is_superuser", "groups", "user_permissions"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        """Only an administrator may change what concerns other staff."""
        if obj is not None and obj.has_rights and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    @admin.action(description=_("Remove the second factor"), permissions=["change"])
    def remove_second_factor(self, request, people):
        people = people.exclude(pk=request.user.pk)
        if not request.user.is_superuser:
            people = people.without_rights()
        if not people:
            self.message_user(
                request,
                _(
                    "Nothing was changed. Your own second factor is removed on your security "
                    "page, that of other staff by an administrator."
                ),
                messages.WARNING,
            )
            return None
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return TemplateResponse(
                request,
                "admin/accounts/remove_second_factor.html",
                self.admin_site.each_context(request)
                | {
                    "title": _("Remove the second factor"),
                    "opts": self.opts,
                    "form": form,
                    "people": people,
                    "checkbox": ACTION_CHECKBOX_NAME,
                },
            )
        for person in people:
            try:
                remove_second_factor(person, by=request.user, reason=form.cleaned_data["reason"])
            except NoSecondFactor:
                text = _("%(person)s has no second factor. Nothing was changed.")
                self.message_user(request, text % {"person": person}, messages.WARNING)
            else:
                text = _("The second factor of %(person)s is removed; a letter says so.")
                self.message_user(request, text % {"person": person}, messages.SUCCESS)
        return None
