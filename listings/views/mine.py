"""A seller's own ads: the list of them, each as it stands, and what can be done to them."""

from copy import copy as copy_of
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import gate
from accounts.guards import private
from listings import drafting, expiry, publishing
from listings.answers import unpack
from listings.cards import cards_of
from listings.catalogue import current_catalogue
from listings.editing import EDITABLE
from listings.listing_form import OwnListingsForm
from listings.models import Listing
from listings.publishing import act_on, can
from listings.states import Act, State
from sellers.guards import for_editors, for_members
from sellers.models import Member
from ui.origin import same_origin

ON_A_PAGE = 25
# The page that asks sends a field for each, and no form has more than five hundred.
AT_ONCE = 400
TABS = [
    *(State.PUBLISHED, State.PENDING, State.REJECTED, State.PAUSED, State.EXPIRED),
    *(State.DRAFT, State.SOLD, State.BLOCKED, State.ARCHIVED),
]
BUTTONS = {
    Act.RENEW: gettext_lazy("Renew"),
    Act.PAUSE: gettext_lazy("Pause"),
    Act.RESUME: gettext_lazy("Put back on sale"),
    Act.SELL: gettext_lazy("Mark as sold"),
    Act.WITHDRAW: gettext_lazy("Take back from review"),
    Act.ARCHIVE: gettext_lazy("Put into the archive"),
}
DONE = {
    Act.RENEW: gettext_lazy("The ad is renewed."),
    Act.PAUSE: gettext_lazy("The ad is paused. Nobody finds it until you put it back on sale."),
    Act.RESUME: gettext_lazy("The ad is on sale again."),
    Act.SELL: gettext_lazy("The ad is marked as sold."),
    Act.WITHDRAW: gettext_lazy("The ad is a draft again: you can change it and send it anew."),
    Act.ARCHIVE: gettext_lazy("The ad lies in the archive. It can be copied from there."),
}
MASS_ACTS = [Act.RENEW, Act.PAUSE, Act.RESUME, Act.SELL, Act.ARCHIVE]


@private
@require_safe
def mine(request):
    member = Member.objects.filter(user=request.user).select_related("seller", "user").first()
    if member is None:
        return render(request, "listings/none_yet.html")
    asked = OwnListingsForm(request.GET).asked
    own = Listing.objects.of(member)
    counts = dict(own.values_list("state").annotate(number=Count("*")).order_by())
    found = narrowed(own, asked).order_by("-touched_at", "-pk")
    # Of thousands only the keys are put in order, which an index holds.
    page = Paginator(found.values_list("pk", flat=True), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    shown = own.filter(pk__in=list(page)).select_related("category", "revision")
    return render(
        request,
        "listings/mine.html",
        {
            "member": member,
            "asked": asked,
            "tabs": [(state, counts[state]) for state in TABS if state in counts],
            "total": sum(number for state, number in counts.items() if state != State.ARCHIVED),
            "rows": [
                (listing, buttons_of(listing, member), listing.state in EDITABLE)
                for listing in shown.order_by("-touched_at", "-pk")
            ],
            "page": page,
            "query": urlencode(asked),
            "mass_acts": [(act, BUTTONS[act]) for act in MASS_ACTS],
        },
    )


def narrowed(listings, asked):
    """What lies in the archive nobody wants to see among the rest."""
    if state := asked.get("state"):
        listings = listings.filter(state=state)
    else:
        listings = listings.exclude(state=State.ARCHIVED)
    if words := asked.get("q"):
        found = Q(title__icontains=words)
        number = words.removeprefix("№").strip()
        if number.isascii() and number.isdecimal() and len(number) < 19:
            found |= Q(pk=int(number))
        listings = listings.filter(found)
    return listings


def buttons_of(listing, member):
    """Acts and their words, for who may press them."""
    if not member.may_edit:
        return []
    return [(act, label) for act, label in BUTTONS.items() if can(listing, act)]


@for_members
@require_safe
def own(request, member, pk):
    """One ad as it stands, with a change of it if there is one, and what has become of it."""
    listing = fetch(member, pk)
    revision = getattr(listing, "revision", None)
    return render(
        request,
        "listings/own.html",
        {
            "member": member,
            "listing": listing,
            "revision": revision,
            "can_be_edited": listing.state in EDITABLE,
            "differences": differences(listing, revision) if revision else [],
            "history": listing.history.all()[:50],
            "buttons": buttons_of(listing, member),
            **preview_of(listing),
        },
    )


def fetch(member, pk):
    listings = Listing.objects.of(member).for_cards().select_related("category", "revision")
    return get_object_or_404(listings, pk=pk)


def preview_of(listing):
    """What the row and the page show of it; who is not public yet has no other address."""
    shown = copy_of(listing)
    shown.sort_at = shown.sort_at or timezone.now()
    shown.get_absolute_url = partial(reverse, "listings:own", args=[listing.pk])
    [card] = cards_of([shown])
    return {"card": card, "answers": unpack(shown.answers, current_catalogue())}


def differences(listing, revision):
    """What is read now and what would be read then, by name."""
    catalogue = current_catalogue()
    told = [
        {each.attribute: each.words for each in unpack(content.answers, catalogue)}
        for content in (listing, revision)
    ]
    both = [
        (_("Category"), *(catalogue.categories[c.category_id].name for c in (listing, revision))),
        (_("Deal"), listing.get_deal_type_display(), revision.get_deal_type_display()),
        (_("Title"), listing.title, revision.title),
        (_("Description"), listing.description, revision.description),
        (_("Language"), listing.get_language_display(), revision.get_language_display()),
        *(
            (attribute.name, *(words.get(attribute, "") for words in told))
            for attribute in {**told[0], **told[1]}
        ),
    ]
    changed = [(name, now, then) for name, now, then in both if now != then]
    if listing.photo_order != revision.photo_order:
        changed.append((_("Photos"), len(listing.photo_order), len(revision.photo_order)))
    if listing.document_order != revision.document_order:
        files = listing.documents.in_bulk()
        names = [
            "\n".join(files[pk].name for pk in content.document_order if pk in files)
            for content in (listing, revision)
        ]
        changed.append((_("Documents"), *names))
    return changed


@for_editors
@require_POST
def act(request, member, pk, act):
    listing = get_object_or_404(Listing.objects.of(member), pk=pk)
    try:
        act_on(listing, act, request.user)
    except publishing.NothingLeft:
        messages.error(
            request, _("Nothing is available of it. Write how much there is, and it is on sale.")
        )
        return redirect("listings:edit", pk)
    except Listing.Impossible:
        messages.error(request, refusal(Listing.objects.get(pk=pk), act))
    else:
        messages.success(request, DONE[act])
    return back(request)


def refusal(listing, act):
    """Why not, as it is now."""
    if act == Act.RENEW and listing.state == State.PUBLISHED:
        return _("This ad can be renewed from three days before its end. Nothing was changed.")
    return _("This cannot be done: the state of the ad is “%(state)s”. Nothing was changed.") % {
        "state": listing.get_state_display()
    }


def back(request):
    """To the list as it was."""
    asked = OwnListingsForm(request.POST).asked
    here = reverse("listings:mine")
    return redirect(f"{here}?{urlencode(asked)}" if asked else here)


@for_editors
@require_POST
def copy(request, member, pk):
    listing = get_object_or_404(
        Listing.objects.of(member).exclude(state=State.BLOCKED).select_related("seller"), pk=pk
    )
    try:
        draft = drafting.copy(listing)
    except drafting.TooManyDrafts:
        messages.error(request, too_many_drafts())
        return back(request)
    messages.success(request, _("This is the copy, a draft. The ad itself stays as it is."))
    return redirect("listings:edit", draft.pk)


def too_many_drafts():
    return ngettext(
        "You have %(most)d draft, as many as we keep. Publish or delete it first.",
        "You have %(most)d drafts, as many as we keep. Publish or delete some first.",
        drafting.MOST_DRAFTS,
    ) % {"most": drafting.MOST_DRAFTS}


@for_editors
@require_POST
def delete(request, member, pk):
    listing = get_object_or_404(Listing.objects.of(member), pk=pk)
    try:
        drafting.delete_draft(listing)
    except Listing.Impossible:
        messages.error(request, _("Only a draft can be deleted. Put the ad into the archive."))
    else:
        messages.success(request, _("The draft is deleted."))
    return back(request)


@for_editors
@require_POST
def take_back(request, member, pk):
    listing = get_object_or_404(Listing.objects.of(member), pk=pk)
    publishing.take_back_change(listing)
    messages.success(request, _("The change is dropped. The ad stays as everybody reads it."))
    return redirect("listings:own", pk)


@for_editors
@require_POST
def mass_act(request, member):
    """First how many ads it would be, then the act on exactly those."""
    chosen = request.POST.get("act")
    if chosen not in MASS_ACTS:
        raise Http404
    chosen, asked = Act(chosen), OwnListingsForm(request.POST).asked
    listings = Listing.objects.of(member).select_related("category")
    if request.POST.get("all"):
        listings = narrowed(listings, asked)
    else:
        listings = listings.filter(pk__in=numbers(request.POST.getlist("ad")))
    if not listings.exists():
        messages.warning(request, _("Choose some ads first: tick them in the list."))
        return back(request)
    able = [each for each in listings.order_by("-touched_at", "-pk") if can(each, chosen)]
    now = able[:AT_ONCE]
    if request.POST.get("sure"):
        done = publishing.act_on_all(now, chosen, request.user)
        messages.success(
            request,
            ngettext("Done for %(count)d ad.", "Done for %(count)d ads.", done) % {"count": done},
        )
        return back(request)
    return render(
        request,
        "listings/mass_act.html",
        {
            "act": chosen,
            "label": BUTTONS[chosen],
            "asked": asked,
            "listings": now,
            "later": len(able) - len(now),
            "others": listings.count() - len(able),
        },
    )


def numbers(given):
    """Of the boxes that were ticked; nobody else's are found by them."""
    return {int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 19}


@never_cache
@same_origin
@require_http_methods(["GET", "POST"])
def renew_by_letter(request, token):
    """Programs that read mail open every link: the address shows, only the button renews."""
    try:
        meant = expiry.meant_by(token).select_related("seller")
    except expiry.NotALink as error:
        raise Http404 from error
    listings, done = list(meant[:AT_ONCE]), None
    if request.method == "POST":
        if listings:
            gate.refuse_if_banned(request, seller=listings[0].seller)
        done = publishing.act_on_all(listings, Act.RENEW, None)
        listings = list(meant[:AT_ONCE])
    return render(request, "listings/renew_by_letter.html", {"listings": listings, "done": done})
