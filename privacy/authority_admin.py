"""Requests of authorities in the administration: entered by one, decided by another."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from privacy import authorities
from privacy.authorities import words_of
from privacy.ledger_admin import ReadOnly
from privacy.models import AuthorityRequest, Notice, Subject
from privacy.people import filed_under
from ui.filters import OnlyItsFilters

State = AuthorityRequest.State


class ByTable(forms.CheckboxSelectMultiple):
    template_name = "admin/privacy/authorityrequest/scope.html"


class AuthorityRequestForm(forms.ModelForm):
    email = forms.EmailField(
        label=_("e-mail of the person"),
        required=False,
        help_text=_("By it the person is found; it is not kept here."),
    )
    person = forms.UUIDField(
        label=_("number of the person"), required=False, help_text=_("Instead of the e-mail.")
    )
    scope = forms.MultipleChoiceField(
        label=_("what may be given"),
        widget=ByTable,
        help_text=_("As little as the purpose needs. Open a kind of data to choose from it."),
    )

    class Meta:
        model = AuthorityRequest
        fields = [
            *("body", "document", "document_on", "ground", "interest", "citation", "asked"),
            *("case", "ends_on", "scope", "review", "silent_until", "silent_because"),
        ]
        widgets = {
            "asked": forms.Textarea({"rows": 4}),
            "review": forms.Textarea({"rows": 4}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "scope" in self.fields:
            self.fields["scope"].choices = authorities.columns()

    def clean(self):
        given = super().clean()
        if given.get("silent_until") and not given.get("silent_because"):
            self.add_error("silent_because", _("Say which law forbids to tell the person."))
        if given.get("email"):
            people = filed_under(given["email"])
        elif given.get("person"):
            people = list(Subject.objects.filter(pk=given["person"]))
        else:
            self.add_error("email", _("Say whom it is about."))
            return given
        if len(people) == 1:
            self.instance.subject = people[0]
            if given.get("ground") == AuthorityRequest.Ground.SUSPICION:
                self.refuse_without_case(given, people[0])
        elif people:
            numbers = ", ".join(str(person.pk) for person in people)
            text = _("Several people are filed under it: choose one by number. %(numbers)s")
            self.add_error("person", text % {"numbers": numbers})
        else:
            self.add_error("email", _("Nobody is found by this. Answer the authority so."))
        return given

    def refuse_without_case(self, given, person):
        """A suspicion needs evidence that somebody has weighed already, and ends."""
        if not given.get("case") or not authorities.is_case_of(given["case"], person):
            self.add_error("case", _("There is no such case about this person. Nothing is given."))
        latest = timezone.localdate() + authorities.SUSPECTED_FOR
        if not (given.get("ends_on") and timezone.localdate() <= given["ends_on"] <= latest):
            self.add_error("ends_on", _("Name a day within the next 30 days."))


class RefusalForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


@admin.register(AuthorityRequest)
class AuthorityRequestAdmin(OnlyItsFilters, admin.ModelAdmin):
    form = AuthorityRequestForm
    list_display = ["id", "body", "document", "state", "created_at", "given_at", "silent_until"]
    list_filter = ["state", "ground"]
    search_fields = ["body", "=document"]
    search_help_text = _("The authority, or the number of its document.")
    show_full_result_count = False
    change_form_template = "admin/privacy/authorityrequest/change_form.html"
    SHOWN = (
        *("state", "body", "document", "document_on", "ground", "interest", "citation", "asked"),
        *("case", "ends_on", "subject", "what_may_be_given", "review"),
        *("silent_until", "silent_because", "handler", "approver"),
        *("refusal", "created_at", "decided_at", "given_at", "told_at"),
    )

    readonly_fields = ["what_may_be_given"]

    @admin.display(description=_("what may be given"))
    def what_may_be_given(self, given):
        return format_html_join("", "<p>{}</p>", zip(words_of(given.scope), strict=True))

    def get_fields(self, request, obj=None):
        return self.SHOWN if obj else ["email", "person", *AuthorityRequestForm.Meta.fields]

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        obj.handler = request.user.subject
        super().save_model(request, obj, form, change)

    def get_urls(self):
        return [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"privacy_authorityrequest_{name}",
            )
            for name, view in (
                ("approve", self.approve),
                ("refuse", self.refuse),
                ("give", require_POST(self.give)),
            )
        ] + super().get_urls()

    def render_change_form(self, request, context, *args, **kwargs):
        given = kwargs.get("obj")
        waits = given is not None and given.state == State.PREPARED
        context |= {
            "may_decide": waits and self.may_approve(request, given),
            "may_give": given is not None and given.state in (State.APPROVED, State.GIVEN),
            "waits_for_another": waits and given.handler_id == request.user.subject_id,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def may_approve(self, request, given):
        return (
            request.user.has_perm("privacy.approve_authorityrequest")
            and given.handler_id != request.user.subject_id
        )

    def approve(self, request, pk):
        return self.decide(request, pk, forms.Form, _("Approve"), authorities.approve)

    def refuse(self, request, pk):
        return self.decide(request, pk, RefusalForm, _("Refuse"), authorities.refuse)

    def decide(self, request, pk, form_class, title, verb):
        given = get_object_or_404(AuthorityRequest, pk=pk)
        if not self.may_approve(request, given):
            raise PermissionDenied
        form = form_class(request.POST if request.method == "POST" else None)
        back = reverse("admin:privacy_authorityrequest_change", args=[pk])
        if request.method == "POST" and form.is_valid():
            try:
                verb(given, request.user.subject, **form.cleaned_data)
            except AuthorityRequest.Impossible:
                messages.error(request, _("It is decided already. Nothing was changed."))
            return HttpResponseRedirect(back)
        facts = {"title": title, "opts": self.opts, "form": form, "back": back, "given": given}
        facts |= {"scope": words_of(given.scope), "is_approval": form_class is forms.Form}
        template = "admin/privacy/authorityrequest/decide.html"
        return TemplateResponse(request, template, self.admin_site.each_context(request) | facts)

    def give(self, request, pk):
        """The minimal extract as a file; the disclosure is recorded with the first."""
        if not request.user.has_perm("privacy.add_authorityrequest"):
            raise PermissionDenied
        given = get_object_or_404(AuthorityRequest, pk=pk)
        try:
            extract = authorities.give(given)
        except AuthorityRequest.Over:
            messages.error(request, _("The time for it is over. Newer data needs a new request."))
            return HttpResponseRedirect(reverse("admin:privacy_authorityrequest_change", args=[pk]))
        except AuthorityRequest.Impossible:
            messages.error(request, _("Another person must approve it first. Nothing was given."))
            return HttpResponseRedirect(reverse("admin:privacy_authorityrequest_change", args=[pk]))
        response = JsonResponse(extract, json_dumps_params={"ensure_ascii": False, "indent": 2})
        response["Content-Disposition"] = f'attachment; filename="extract-{pk}.json"'
        response["Cache-Control"] = "no-store"
        return response


@admin.register(Notice)
class NoticeAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "act", "occasion_words", "kind", "recipient_number_words", "at"]
    list_filter = ["act", "kind"]
    list_per_page = 25
    fields = readonly_fields = [
        *("person", "act", "occasion_words", "kind", "recipient_number_words"),
        *("concerned", "at"),
    ]
    show_full_result_count = False

    @admin.display(description=_("person"))
    def person(self, notice):
        return notice.subject_id

    @admin.display(description=_("about"))
    def concerned(self, notice):
        return ", ".join(notice.about)
