"""Writing an ad: its place in the catalogue, its form, and letting others read it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guards import private
from listings import drafting, publishing
from listings.catalogue import current_catalogue
from listings.choosing import found_by, takes_ads
from listings.editing import EDITABLE, content_of
from listings.listing_form import CategoryFinder, ListingForm
from listings.models import Listing
from listings.states import State
from listings.views.mine import fetch, preview_of, too_many_drafts
from sellers.guards import for_editors
from sellers.models import Member


@private
@require_http_methods(["GET", "POST"])
def new(request):
    member = Member.objects.filter(user=request.user).select_related("seller", "user").first()
    if member is None:
        messages.info(request, _("First say who sells: one short step, and you are back here."))
        query = urlencode({"next": reverse("listings:new")})
        return redirect(f"{reverse('sellers:create')}?{query}")
    return begin(request)


@for_editors
def begin(request, member):
    if request.method == "GET":
        return choosing_page(request, "listings/new.html")
    try:
        draft = drafting.begin(member, chosen_category(request))
    except drafting.TooManyDrafts:
        messages.error(request, too_many_drafts())
        return redirect("listings:mine")
    return redirect("listings:edit", draft.pk)


def choosing_page(request, template, **facts):
    """The whole tree, or what a few words find of it."""
    asked, catalogue = CategoryFinder(request.GET), current_catalogue()
    words = asked.cleaned_data["q"] if asked.is_valid() else ""
    found = [(category, catalogue.above(category)) for category in found_by(words, catalogue)]
    sections = [
        (section, groups)
        for section in catalogue.sections
        if (groups := groups_of(section, catalogue))
    ]
    return render(
        request,
        template,
        {
            "form": CategoryFinder(initial={"q": words}),
            "words": words,
            "found": found,
            "sections": sections,
            **facts,
        },
    )


def groups_of(section, catalogue):
    """What takes ads under a section, by the level between."""
    groups = []
    for child in catalogue.children_of(section):
        below = [one for one in catalogue.all_below(child) if takes_ads(catalogue, one)]
        groups.append((child, below))
    return groups or ([(section, [])] if takes_ads(catalogue, section) else [])


def chosen_category(request):
    catalogue = current_catalogue()
    category = catalogue.by_slug.get(request.POST.get("category"))
    if category is None or not takes_ads(catalogue, category):
        raise Http404
    return category


@for_editors
@require_http_methods(["GET", "POST"])
def edit(request, member, pk):
    listing = fetch(member, pk)
    if listing.state not in EDITABLE:
        return refused(request, listing)
    if request.method == "POST":
        return written(request, member, listing, request.POST.get("act", "save"))
    form = ListingForm(listing=listing, content=content_of(listing))
    return form_page(request, form, listing)


def written(request, member, listing, act):
    """Keep what is right, whichever button was pressed; then go on as the button says."""
    content = content_of(listing)
    form = ListingForm(request.POST, listing=listing, content=content, publishes=act in PUBLISHING)
    is_right = form.is_valid()
    if act == "preview" and listing.state not in publishing.OWN_PAPER:
        # A look must not change a price that everybody reads.
        return form_page(request, form, listing, preview=preview_of(form.shown()))
    try:
        drafting.keep(listing, *form.kept(), request.user, request.POST.get("seen", ""))
    except drafting.ChangedMeanwhile:
        return form_page(request, form, listing, is_changed_meanwhile=True)
    except Listing.Impossible:
        return refused(request, fetch(member, listing.pk))
    shown, listing = form.shown(), fetch(member, listing.pk)
    if act == "preview":
        return form_page(request, form, listing, preview=preview_of(shown), is_kept=True)
    if not is_right:
        return form_page(request, form, listing, is_kept=True)
    if act in NEXT_PAGES:
        return redirect(f"listings:{NEXT_PAGES[act]}", listing.pk)
    is_new = act == "publish" and listing.state in publishing.OWN_PAPER
    if is_new and (twin := publishing.twin_of(listing)):
        return form_page(request, form, listing, twin=twin, is_kept=True)
    if act in PUBLISHING:
        return published(request, listing)
    messages.success(request, kept_words(listing))
    return redirect("listings:edit", listing.pk)


# Values of the buttons.
PUBLISHING = ("publish", "publish_anyway")
NEXT_PAGES = {"category": "change_category", "photos": "photos"}


def form_page(request, form, listing, **facts):
    catalogue, content = current_catalogue(), content_of(listing)
    photos = listing.photos.in_bulk(content.photo_order)
    facts |= {
        "form": form,
        "photos": [photos[pk] for pk in content.photo_order if pk in photos],
        "listing": listing,
        "category": form.category,
        "above": catalogue.above(form.category),
        "is_own_paper": listing.state in publishing.OWN_PAPER,
        "seen": drafting.fingerprint(listing, content),
    }
    return render(request, "listings/edit.html", facts)


def refused(request, listing):
    if listing.state == State.PENDING:
        words = _("A moderator is reading this ad. Take it back from review to change it.")
    elif listing.state == State.BLOCKED:
        words = _("This ad is blocked by a moderator and cannot be changed.")
    else:
        words = _("This ad lies in the archive. Copy it to publish it anew.")
    messages.info(request, words)
    return redirect("listings:own", listing.pk)


def kept_words(listing):
    if listing.state == State.DRAFT:
        return _("The draft is saved. Nobody sees it until you publish it.")
    if listing.state == State.REJECTED:
        return _("The ad is saved. Nobody sees it until you publish it.")
    if hasattr(listing, "revision"):
        return _(
            "Saved. Price, quantity, place and phone hold already; the rest waits until you "
            "publish the changes."
        )
    return _("Saved. Everybody sees it already.")


def published(request, listing):
    try:
        if listing.state in publishing.OWN_PAPER:
            listing = publishing.submit(listing, request.user)
            words = published_words(listing)
        else:
            listing = publishing.send_change(listing)
            words = change_words(Listing.objects.select_related("revision").get(pk=listing.pk))
    except publishing.Incomplete as error:
        for sentence in (each for sentences in error.faults.values() for each in sentences):
            messages.error(request, sentence)
        return redirect("listings:edit", listing.pk)
    except publishing.TooMany as error:
        messages.error(request, too_many_words(error.most))
        return redirect("listings:edit", listing.pk)
    except Listing.Impossible:
        return refused(request, Listing.objects.get(pk=listing.pk))
    messages.success(request, words)
    return redirect("listings:own", listing.pk)


def published_words(listing):
    if listing.state == State.PENDING:
        return _("The ad is sent. A moderator reads it, then everybody can; we write to you.")
    return _("The ad is live.")


def change_words(listing):
    if hasattr(listing, "revision"):
        return _(
            "Price, quantity, place and phone hold already. The rest is sent to a moderator; until "
            "then everybody reads the ad as it was approved."
        )
    return _("The changes are saved, and everybody sees them.")


def too_many_words(most):
    return ngettext(
        "You have published %(most)d ad in a day, as many as is possible. It is saved as a "
        "draft: publish it tomorrow.",
        "You have published %(most)d ads in a day, as many as is possible. This one is saved as a "
        "draft: publish it tomorrow.",
        most,
    ) % {"most": most}


@for_editors
@require_POST
def publish(request, member, pk):
    """What was written before: a draft, or a change of an ad."""
    listing = fetch(member, pk)
    return published(request, listing)


@for_editors
@require_http_methods(["GET", "POST"])
def category(request, member, pk):
    """Another category for an ad: what it does not ask for is named before it is lost."""
    listing = fetch(member, pk)
    if listing.state not in EDITABLE:
        return refused(request, listing)
    content = content_of(listing)
    current = current_catalogue().categories[content.category_id]
    if request.method == "GET":
        return choosing_page(request, "listings/category.html", listing=listing, current=current)
    chosen = chosen_category(request)
    lost = drafting.lost_in(content, chosen)
    if lost and not request.POST.get("sure"):
        facts = {"listing": listing, "current": current, "chosen": chosen, "lost": lost}
        return render(request, "listings/category_sure.html", facts)
    try:
        drafting.refile(listing, chosen, request.user)
    except Listing.Impossible:
        return refused(request, fetch(member, pk))
    messages.success(request, _("The category is changed. Look through what it asks for."))
    return redirect("listings:edit", pk)
