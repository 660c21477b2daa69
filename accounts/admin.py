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
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.second_factor import NoSecondFactor, remove_second_factor
from privacy.masking import MaskedAdmin, mask

RIGHTS = {"is_staff", "is_superuser", "groups", "user_permissions"}

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
        "rights_reviewed_at",
        "has_second_factor",
    ]
    readonly_fields = [
        *("email", "date_joined", "last_login", "rights_reviewed_at", "has_second_factor"),
    ]
    actions = ["remove_second_factor", "review_rights"]

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

    def save_model(self, request, obj, form, change):
        if RIGHTS.intersection(form.changed_data):
            obj.rights_reviewed_at = timezone.now()
        super().save_model(request, obj, form, change)

    def has_review_permission(self, request):
        return request.user.is_superuser

    @admin.action(description=_("Rights reviewed: they are still needed"), permissions=["review"])
    def review_rights(self, request, people):
        """Nobody confirms their own, unless there is nobody else who could."""
        staff = people.filter(is_staff=True, is_active=True)
        others = User.objects.administrators().exclude(pk=request.user.pk)
        if others.exists():
            staff = staff.exclude(pk=request.user.pk)
        reviewed = list(staff)
        for person in reviewed:
            person.review_rights()
            self.log_change(request, person, [{"changed": {"fields": ["rights_reviewed_at"]}}])
        self.message_user(
            request,
            ngettext(
                "The rights of %(number)d account are confirmed for 90 days.",
                "The rights of %(number)d accounts are confirmed for 90 days.",
                len(reviewed),
            )
            % {"number": len(reviewed)},
            messages.SUCCESS if reviewed else messages.WARNING,
        )

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
