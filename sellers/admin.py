from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from places.models import Region
from privacy.masking import MaskedAdmin, MaskedColumns
from sellers import verification
from sellers.models import AuthorisedPerson, Member, Phone, Seller, Verification


class VerificationForm(forms.ModelForm):
    # Who was looked at; the page writes it anew each time it is shown.
    seen = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    class Meta:
        model = Verification
        fields = ["saw_documents", "checked_number", "called_phone"]

    def clean(self):
        given = super().clean()
        if not any(given.get(name) for name in self.Meta.fields):
            raise ValidationError(_("Tick what you have checked."))
        return given


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("It stands in the letter to the owners. Say what is wrong and what to do."),
    )


class RegionFilter(admin.SimpleListFilter):
    title = _("region")
    parameter_name = "region"

    def lookups(self, request, model_admin):
        return [(region.pk, str(region)) for region in Region.objects.shown().in_order()]

    def queryset(self, request, sellers):
        return sellers.filter(region=self.value()) if self.value() else sellers


class Shown(admin.TabularInline):
    """What belongs to the seller is looked at here; the seller's people change it themselves."""

    template = "admin/edit_inline/table.html"
    extra = 0
    can_delete = False

    def get_readonly_fields(self, request, obj=None):
        return self.fields

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("sellers.view_seller")


class PhoneInline(Shown):
    model = Phone
    fields = ["number", "note"]


class MemberInline(Shown):
    model = Member
    fields = ["user", "role", "joined_at"]


class AuthorisedPersonInline(MaskedColumns, Shown):
    model = AuthorisedPerson
    fields = ["full_name", "position", "created_at"]


class VerificationInline(Shown):
    model = Verification
    fields = ["at", "by", "saw_documents", "checked_number", "called_phone", "ended_at"]


@admin.register(Seller)
class SellerAdmin(MaskedAdmin, admin.ModelAdmin):
    """A moderator looks, verifies and takes a verification back, and edits nobody's words."""

    list_display = ["name", "form", "bin", "settlement", "verified_at"]
    list_filter = ["form", ("verified_at", admin.EmptyFieldListFilter), RegionFilter]
    search_fields = ["name", "=bin", "phones__number"]
    search_help_text = _("Name, BIN or phone")
    date_hierarchy = "created_at"
    ordering = ["-pk"]
    fields = [
        "form",
        "name",
        "bin",
        "iin",
        "pays_vat",
        ("region", "settlement", "street"),
        "about_kk",
        "about_ru",
        "about_en",
        "website",
        "minimum_order",
        ("verified_at", "lost_trust_at"),
        "created_at",
        "changed_at",
    ]
    inlines = [PhoneInline, AuthorisedPersonInline, VerificationInline, MemberInline]
    readonly_fields = ["verified_at", "lost_trust_at", "created_at", "changed_at"]
    change_form_template = "admin/sellers/seller/change_form.html"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        facts = {"may_verify": may_verify(request.user)} | (extra_context or {})
        return super().change_view(request, object_id, form_url, facts)

    def get_urls(self):
        return [
            path(
                "<int:pk>/verify/",
                self.admin_site.admin_view(self.verify),
                name="sellers_seller_verify",
            ),
            path(
                "<int:pk>/withdraw/",
                self.admin_site.admin_view(self.withdraw),
                name="sellers_seller_withdraw",
            ),
            *super().get_urls(),
        ]

    def verify(self, request, pk):
        seller = self.seller_to_judge(request, pk)
        form = VerificationForm(request.POST or None)
        if form.is_valid():
            try:
                verification.verify(seller, request.user, **form.cleaned_data)
            except verification.Overtaken:
                seller.refresh_from_db()
                form.add_error(
                    None,
                    _(
                        "The seller has changed since you opened the page. Nothing was verified: "
                        "look again who it is."
                    ),
                )
            except verification.VerifiedElsewhere:
                form.add_error(None, _("Another seller is verified with this BIN or IIN already."))
            else:
                self.log_change(request, seller, [{"changed": {"fields": ["verified_at"]}}])
                self.message_user(
                    request, _("The seller is verified; letters say so."), messages.SUCCESS
                )
                return redirect(page_of(seller))
        return self.ask(request, seller, form, _("Verify the seller"))

    def withdraw(self, request, pk):
        seller = self.seller_to_judge(request, pk)
        form = WithdrawalForm(request.POST or None)
        if form.is_valid():
            verification.withdraw(seller, form.cleaned_data["reason"])
            self.log_change(request, seller, [{"changed": {"fields": ["verified_at"]}}])
            self.message_user(
                request, _("The verification is taken back; letters say so."), messages.SUCCESS
            )
            return redirect(page_of(seller))
        return self.ask(request, seller, form, _("Take the verification back"))

    def seller_to_judge(self, request, pk):
        if not may_verify(request.user):
            raise PermissionDenied
        return get_object_or_404(Seller, pk=pk)

    def ask(self, request, seller, form, title):
        return TemplateResponse(
            request,
            "admin/sellers/seller/judge.html",
            self.admin_site.each_context(request)
            | {
                "title": title,
                "opts": self.opts,
                "form": form,
                "seller": seller,
                "seen": verification.identity_of(seller),
            },
        )


def may_verify(user):
    return user.has_perm("sellers.add_verification") and user.has_perm("sellers.view_seller")


def page_of(seller):
    return reverse("admin:sellers_seller_change", args=[seller.pk])
