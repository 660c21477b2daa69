from urllib.parse import urlencode

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sellers.authorised import remove
from sellers.directory import narrowed, page_of
from sellers.forms import DirectoryForm
from sellers.models import AuthorisedPerson, Seller
from ui.origin import same_origin
from ui.public import public_page

REVEALS = 60
AN_HOUR = 60 * 60


@require_safe
@public_page
def index(request):
    asked = DirectoryForm(request.GET).asked
    page = page_of(narrowed(Seller.objects.public(), **asked), request.GET.get("after", ""))
    return render(
        request,
        "sellers/index.html",
        {
            "form": DirectoryForm(initial=asked),
            "asked": asked,
            "page": page,
            "following": following(asked, page),
            "is_first": "after" not in request.GET,
        },
    )


def following(asked, page):
    query = {name: getattr(value, "pk", value) for name, value in asked.items()}
    return urlencode(query | {"after": page.following}) if page.following else ""


@never_cache
@same_origin
@require_http_methods(["GET", "POST"])
def authorised_person(request, slug, key):
    """What is kept of somebody whom a colleague entered, and the way to have it removed."""
    persons = AuthorisedPerson.objects.of_key(key).filter(seller__slug=slug)
    person = persons.select_related("seller").first()
    if person and request.method == "POST":
        remove(persons)
        return redirect(request.path)
    return render(request, "sellers/authorised_person.html", {"person": person})
