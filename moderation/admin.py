from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from letters.after_commit import after_commit
from moderation import appealing
from moderation.bans import hold_sellers
from moderation.deciding import OwnAd
from moderation.forms import AnswerForm, BanForm, LookUpForm
from moderation.models import Appeal, Ban, BanMark, Complaint, Decision, Removal, StopWord
from moderation.models.ban import marks_that_fit
from moderation.rules import WithoutRule
from moderation.tasks import decline_orders_of_blocked
from ui.filters import OnlyItsFilters


class ReadOnly(OnlyItsFilters, admin.ModelAdmin):
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class Audit(ReadOnly):
    """Who decided what, when, why and by which rule."""

    @admin.display(description=_("reasons"))
    def why(self, judgement):
        return ", ".join(str(what) for what, _to_do in judgement.grounds) or "—"

    @admin.display(description=_("rules"))
    def cited(self, judgement):
        return "; ".join(rule.words for rule in judgement.cited)


@admin.register(Decision)
class DecisionAdmin(Audit):
    list_display = ["at", "listing", "act", "matter", "why", "cited", "by"]
    list_filter = ["act", "matter"]
    list_select_related = ["listing", "by"]
    search_fields = ["=listing__id", "listing__seller__name"]
    search_help_text = _("Number of the ad, or name of the seller")
    date_hierarchy = "at"
    fields = ["at", "listing", "matter", "act", "why", "cited", "note", "by", "overturned_at"]
    readonly_fields = ["why", "cited"]


@admin.register(Removal)
class RemovalAdmin(Audit):
    list_display = ["at", "seller_name", "what", "cited", "by"]
    list_select_related = ["seller", "by"]
    search_fields = ["seller__name"]
    search_help_text = _("Name of the seller")
    date_hierarchy = "at"
    fields = ["at", "seller_name", "what", "why", "cited", "note", "by"]
    readonly_fields = ["seller_name", "what", "why", "cited"]

    @admin.display(description=_("seller"))
    def seller_name(self, removal):
        return removal.seller.name

    @admin.display(description=_("what was removed"))
    def what(self, removal):
        return ", ".join(str(part) for part in removal.parts_in_words)


class IsOpenFilter(admin.SimpleListFilter):
    title = _("answered")
    parameter_name = "is_open"

    def lookups(self, request, model_admin):
        return [("yes", _("waits")), ("no", _("answered"))]

    def queryset(self, request, rows):
        if self.value() in ("yes", "no"):
            return rows.filter(answer__isnull=self.value() == "yes")
        return rows


@admin.register(Complaint)
class ComplaintAdmin(ReadOnly):
    list_display = ["at", "listing", "reason", "answer"]
    list_filter = [IsOpenFilter, "reason"]
    list_select_related = ["listing", "answer"]
    search_fields = ["=listing__id"]
    search_help_text = _("Number of the ad")
    fields = ["at", "listing", "reason", "text", "answer"]


@admin.register(Appeal)
class AppealAdmin(ReadOnly):
    list_display = ["due_at", "decision", "at", "is_late", "answer"]
    list_filter = [IsOpenFilter]
    list_select_related = ["decision", "answer"]
    fields = ["at", "due_at", "decision", "text", "answer"]
    change_form_template = "admin/moderation/appeal/change_form.html"

    @admin.display(description=_("beyond its day"), boolean=True)
    def is_late(self, appeal):
        return appeal.is_overdue

    def change_view(self, request, object_id, form_url="", extra_context=None):
        appeal = self.get_object(request, object_id)
        may = appeal and appeal.answer_id is None and may_answer(request.user)
        return super().change_view(
            request, object_id, form_url, {"may_answer": may} | (extra_context or {})
        )

    def get_urls(self):
        view = self.admin_site.admin_view(self.answer)
        return [
            path("<int:pk>/answer/", view, name="moderation_appeal_answer"),
            *super().get_urls(),
        ]

    def answer(self, request, pk):
        if not may_answer(request.user):
            raise PermissionDenied
        appeals = Appeal.objects.select_related("decision__listing__seller", "answer")
        appeal = get_object_or_404(appeals, pk=pk)
        form = AnswerForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                appealing.answer(appeal, request.user, **form.cleaned_data)
            except appealing.AnotherAnswers:
                form.add_error(None, _("The decision is yours: another moderator answers."))
            except appealing.Once:
                form.add_error(None, _("This appeal is answered already."))
            except OwnAd:
                form.add_error(None, _("You act for this seller: another moderator answers."))
            except WithoutRule:
                form.add_error(
                    None, _("No clause in force stands behind this decision. Nothing was changed.")
                )
            else:
                self.message_user(
                    request, _("The appeal is answered; letters say so."), messages.SUCCESS
                )
                return redirect("admin:moderation_appeal_changelist")
        facts = {"title": _("Answer the appeal"), "opts": self.opts, "form": form, "appeal": appeal}
        return TemplateResponse(
            request,
            "admin/moderation/appeal/answer.html",
            self.admin_site.each_context(request) | facts,
        )


def may_answer(user):
    return user.has_perm("moderation.change_appeal")


@admin.register(Ban)
class BanAdmin(OnlyItsFilters, admin.ModelAdmin):
    list_display = ["id", "at", "known_by", "reason", "until", "lifted_at", "by"]
    list_select_related = ["user", "by"]
    list_filter = ["kind"]
    fields = ["user", *Ban.Kind.values, "reason", "until"]
    raw_id_fields = ["user"]
    change_list_template = "admin/moderation/ban/change_list.html"
    # One labelled field; Django's own pair has one label for both.
    formfield_overrides = {
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        }
    }
    actions = ["lift"]

    @admin.display(description=_("who"))
    def known_by(self, ban):
        if ban.kind:
            return f"{ban.get_kind_display()}: {ban.hint or '•••'}"
        if ban.user is None:
            return _("whose account was deleted: •••")
        return f"{ban._meta.get_field('user').verbose_name} {ban.user}"

    def get_form(self, request, obj=None, **kwargs):
        # Whom it means is said once.
        return super().get_form(request, obj, **kwargs | ({} if obj else {"form": BanForm}))

    def get_readonly_fields(self, request, obj=None):
        return ["known_by", "at", "by", "lifted_at"] if obj else []

    def get_fields(self, request, obj=None):
        return ["known_by", "reason", "until", "at", "by", "lifted_at"] if obj else self.fields

    def get_urls(self):
        view = self.admin_site.admin_view(self.look_up)
        return [path("look-up/", view, name="moderation_ban_look_up"), *super().get_urls()]

    def look_up(self, request):
        """Whom a digest means nobody can read; whether it means somebody one can."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = LookUpForm(request.POST if request.method == "POST" else None)
        facts = {"title": _("Look up a ban"), "opts": self.opts, "form": form}
        if form.is_valid():
            marks = marks_that_fit(form.cleaned_data["value"])
            found = Ban.objects.filter(
                Q(digest__in=marks)
                | Q(pk__in=BanMark.objects.filter(digest__in=marks).values("ban"))
            )
            facts["found"] = [(ban, self.known_by(ban)) for ban in found]
        return TemplateResponse(
            request,
            "admin/moderation/ban/look_up.html",
            self.admin_site.each_context(request) | facts,
        )

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        if not change:
            obj.by = request.user
        super().save_model(request, obj, form, change)
        # Also when it is prolonged: it may have been over.
        hold_sellers(obj)
        after_commit(decline_orders_of_blocked)

    @admin.action(description=_("Lift"), permissions=["change"])
    def lift(self, request, bans):
        lifted = bans.filter(lifted_at=None)
        changed = list(lifted)
        lifted.update(lifted_at=timezone.now())
        for ban in changed:
            self.log_change(request, ban, [{"changed": {"fields": ["lifted_at"]}}])
        self.message_user(request, _("The bans are lifted."), messages.SUCCESS)


@admin.register(StopWord)
class StopWordAdmin(admin.ModelAdmin):
    list_display = ["word", "mode", "action", "is_special", "note"]
    list_filter = ["action", "mode", "is_special"]
    search_fields = ["word"]
