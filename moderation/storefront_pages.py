"""The page of a seller as a moderator reads it, with what can be taken off it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from moderation import storefronts
from moderation.deciding import OwnAd
from moderation.forms import RemovalForm
from moderation.queue_pages import for_moderators, page
from moderation.rules import RulesInForce, WithoutRule
from sellers.models import Seller


@for_moderators
def review(request, pk):
    seller = get_object_or_404(Seller, pk=pk)
    rules, said = RulesInForce(), storefronts.said_by(seller)
    form = RemovalForm(request.POST if request.method == "POST" else None, said=said, rules=rules)
    if form.is_valid() and removed(request, seller, form.cleaned_data, rules):
        return redirect("admin:storefront_review", seller.pk)
    facts = {
        "title": _("Page of a seller"),
        "seller": seller,
        "said": said,
        "form": form,
        "seen": storefronts.edition(said),
        "removals": seller.removals.select_related("by"),
    }
    status = 400 if form.errors else 200
    return page(request, "admin/moderation/storefront.html", facts, status=status)


def removed(request, seller, given, rules):
    """Carry it out; otherwise say why not."""
    try:
        storefronts.remove(seller, request.user, **given, rules=rules)
    except storefronts.Overtaken:
        refusal = _("The page has changed since you opened it. Nothing was removed; read it again.")
    except OwnAd:
        refusal = _("You act for this seller: another moderator decides.")
    except WithoutRule:
        refusal = _("No clause in force stands behind this decision. Nothing was changed.")
    else:
        messages.success(request, _("It is removed; letters say so."))
        return True
    messages.error(request, refusal)
    return False
