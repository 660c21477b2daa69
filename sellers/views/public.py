from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import gate
from accounts.visitors import network_of
from sellers.authorised import remove
from sellers.directory import narrowed, page_of
from sellers.forms import DirectoryForm
from sellers.hours import spans
from sellers.models import AuthorisedPerson, Seller
from sellers.organization import organization
from ui.limits import is_within
from ui.origin import same_origin

REVEALS = 60
AN_HOUR = 60 * 60


@require_safe
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


@require_safe
def storefront(request, slug):
    seller = Seller.objects.public().filter(slug=slug).first()
    if seller is None:
        return moved(slug)
    return render(request, "sellers/storefront.html", shown_of(seller))


@never_cache
@same_origin
@require_http_methods(["GET", "POST"])
def phones(request, slug):
    """The storefront with the numbers, which stand in no page that an address alone brings."""
    seller = Seller.objects.public().filter(slug=slug).first()
    if seller is None or request.method == "GET":
        return redirect(seller) if seller else moved(slug)
    gate.refuse_if_banned(request)
    if not is_within(REVEALS, AN_HOUR, f"sellers:phones:{network_of(request)}"):
        facts = shown_of(seller) | {"is_too_often": True}
        answer = render(request, "sellers/storefront.html", facts, status=429)
        answer["Retry-After"] = str(AN_HOUR)
        return answer
    numbers = seller.phones.order_by("pk")
    return render(request, "sellers/storefront.html", shown_of(seller) | {"phones": numbers})


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


def shown_of(seller):
    hours = spans(list(seller.working_days.all()))
    return {
        "seller": seller,
        "hours": hours,
        "shipping": seller.shipping.all(),
        "payment": seller.payment.all(),
        "verification": seller.verifications.filter(ended_at=None).first(),
        "has_phones": seller.phones.exists(),
        "organization": organization(seller, hours),
    }


def moved(slug):
    """To the present address of the seller that was here once."""
    seller = Seller.objects.public().filter(former_slugs__slug=slug).first()
    if seller is None:
        raise Http404
    return redirect(seller, permanent=True)
