from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import gate
from listings.editing import EDITABLE
from listings.models import Listing
from moderation import appealing, reporting
from moderation.forms import AppealForm, ComplaintForm
from sellers.guards import for_editors_always
from ui.origin import same_origin


@never_cache
@same_origin
@require_http_methods(["GET", "HEAD", "POST"])
def report(request, pk):
    listing = get_object_or_404(Listing.objects.open_by_address(), pk=pk)
    form = ComplaintForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        gate.refuse_if_banned(request, email=form.cleaned_data["email"])
        try:
            reporting.report(request, listing, form.save(commit=False))
        except reporting.TooOften:
            return asked(request, listing, form, status=429)
        return redirect("moderation:reported", listing.pk)
    return asked(request, listing, form, status=400 if form.errors else 200)


def asked(request, listing, form, status):
    facts = {"listing": listing, "form": form, "is_too_often": status == 429}
    answer = render(request, "moderation/report.html", facts, status=status)
    if status == 429:
        answer["Retry-After"] = str(reporting.A_DAY)
    return answer


@require_safe
def reported(request, pk):
    listing = get_object_or_404(Listing.objects.open_by_address(), pk=pk)
    return render(request, "moderation/reported.html", {"listing": listing})


@for_editors_always
def appeal(request, member, pk):
    """Why the ad was refused, by which rule, and the one appeal against that."""
    listing = get_object_or_404(Listing.objects.of(member), pk=pk)
    decision = appealing.last_refusal(listing)
    form = AppealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and decision and form.is_valid():
        try:
            appealing.appeal(decision, request.user, form.cleaned_data["text"])
        except appealing.Once:
            messages.error(request, _("There is an appeal against this decision already."))
        else:
            messages.success(request, _("Your appeal is sent. A letter brings the answer."))
        return redirect("moderation:appeal", listing.pk)
    facts = {
        "listing": listing,
        "decision": decision,
        "form": form,
        "can_be_edited": listing.state in EDITABLE,
    }
    return render(request, "moderation/appeal.html", facts, status=400 if form.errors else 200)
