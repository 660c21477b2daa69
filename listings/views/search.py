from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from listings.catalogue import current_catalogue


@require_safe
def index(request, slug=None):
    """The catalogue before its first ad: an honest answer to a section or a search."""
    catalogue = current_catalogue()
    category = catalogue.by_slug.get(slug)
    if slug is not None and category is None:
        raise Http404
    above = catalogue.above(category) if category else []
    if category and not catalogue.is_open(category):
        # Archived: what is left of its part of the catalogue stands further up.
        parents = [one for one in above if catalogue.is_open(one)]
        return redirect(parents[-1] if parents else "listings:index")
    # Where nothing stands below, its neighbours are of use.
    shown_under = above[-1] if above and not catalogue.children_of(category) else category
    parts = [(part, catalogue.children_of(part)) for part in catalogue.children_of(shown_under)]
    # A longer question than a search field takes is not worth repeating to whoever asks it.
    asked = request.GET.get("q", "").strip()[:80]
    return render(
        request,
        "listings/index.html",
        {
            "category": category,
            "above": above,
            "shown_under": shown_under,
            "parts": parts,
            "asked": asked,
        },
    )
