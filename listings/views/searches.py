from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.guards import private
from listings import saved_searches
from listings.facets import chips_of
from listings.forms import SaveSearchForm, SearchNameForm
from listings.models import SavedSearch
from listings.query import Query
from ui.origin import same_origin


@private
@require_safe
def index(request):
    kept = of(request).select_related("category").order_by("-saved_at", "-pk")
    rows = [(search, chips_of(asked_by(search))) for search in kept]
    return render(request, "listings/searches.html", {"rows": rows})


def asked_by(search):
    return Query.from_request(QueryDict(search.query), search.category)


@same_origin
def save(request):
    """Whoever had to sign in first comes back with the search by GET, and is asked once more."""
    if request.method == "POST" and not request.user.is_authenticated:
        asked = {name: request.POST.get(name, "") for name in SaveSearchForm.base_fields}
        return redirect_to_login(f"{request.path}?{urlencode(asked)}")
    return save_own(request)


@private
def save_own(request):
    form = SaveSearchForm(request.POST if request.method == "POST" else request.GET)
    try:
        if not form.is_valid():
            raise saved_searches.NotASearch
        category, query = form.cleaned_data["category"], form.cleaned_data["query"]
        if request.method != "POST":
            query = saved_searches.canonical(query)
            name = saved_searches.name_of(category, query)
            return render(request, "listings/save_search.html", {"form": form, "name": name})
        search, is_new = saved_searches.save(request.user, category, query)
    except saved_searches.NotASearch:
        messages.error(request, _("This is no search that can be saved."))
    except SavedSearch.TooMany:
        messages.error(
            request, _("You keep 20 searches already. Delete one of them to save another.")
        )
    else:
        said = _("The search is saved.") if is_new else _("You have saved this search before.")
        messages.success(request, said)
    return redirect("listings:searches")


@private
def rename(request, pk):
    search = get_object_or_404(of(request), pk=pk)
    form = SearchNameForm(request.POST or None, instance=search)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("listings:searches")
    return render(request, "listings/rename_search.html", {"form": form, "search": search})


@private
def delete(request, pk):
    search = get_object_or_404(of(request), pk=pk)
    if request.method == "POST":
        search.delete()
        messages.success(request, _("The search is deleted."))
        return redirect("listings:searches")
    return render(request, "listings/delete_search.html", {"search": search})


def of(request):
    return SavedSearch.objects.filter(user=request.user)
