"""What people without an account ask about their data, by a link in a letter."""

from contextlib import suppress
from functools import wraps

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.guards import personal
from accounts.occasions import occasion
from accounts.visitors import network_of
from privacy import by_letter
from privacy.data_map import IN_PLACE
from privacy.export.keys import url_for_guest
from privacy.held import kind_named, overview_of, page_of_rows
from privacy.models import Erasure, Request
from privacy.record import kinds_of_data
from privacy.requests import requests_of, take_back
from privacy.wishes import FORMS, SENTENCES, AskForm, too_many
from ui.limits import is_within
from ui.origin import same_origin

AN_HOUR = 60 * 60
MOST_AN_HOUR = 10
BUTTON = _("Yes, I ask for this")


@never_cache
@same_origin
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request):
    form = AskForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and not is_within(
        MOST_AN_HOUR, AN_HOUR, f"privacy:asked:{network_of(request)}"
    ):
        status = 429
    elif form.is_valid():
        by_letter.send_link(**form.cleaned_data, language=get_language())
        return redirect("by_letter:asked")
    elif form.errors:
        status = 400
    answer = render(
        request, "privacy/request/ask.html", {"form": form, "status": status}, status=status
    )
    if status == 429:
        answer["Retry-After"] = str(AN_HOUR)
    return answer


@require_safe
def asked(request):
    """The same for everybody, whatever was typed."""
    return render(request, "privacy/request/asked.html")


def with_key(view):
    """For whoever has the letter. The key stands in the query, which no log holds."""

    @same_origin
    @personal
    @wraps(view)
    def guarded(request, **place):
        token = request.GET.get("key", "")
        key = by_letter.find_key(token)
        if key is None:
            return render(request, "privacy/request/gone.html", status=404)
        return view(request, key, token, **place)

    return guarded


def with_person(view):
    """Like `with_key`, once it was used and has opened something."""

    @wraps(view)
    def guarded(request, key, token, **place):
        if person := by_letter.person_of(key):
            return view(request, key, person, token, **place)
        raise Http404

    return with_key(guarded)


@with_key
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request, key, token):
    """What was asked, and the button; then how far we are."""
    if key.used_at:
        return render(request, "privacy/request/used.html", facts_of(key, token))
    form_class = FORMS.get(key.kind)
    form = form_class and form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (form is None or form.is_valid()):
        said = form.cleaned_data if form else None
        try:
            by_letter.use(key, token, occasion(request, "request-by-letter", BUTTON), said=said)
        except Request.TooMany:
            form.add_error(None, too_many())
        else:
            return redirect(with_token("by_letter:confirm", token))
    facts = {"key": key, "form": form, "sentence": SENTENCES[key.kind], "button": BUTTON}
    return render(
        request,
        "privacy/request/confirm.html",
        facts,
        status=400 if form and form.errors else 200,
    )


def facts_of(key, token):
    person = by_letter.person_of(key)
    facts = {"key": key, "after": query_of(token), "person": person}
    if person is None:
        facts["has_account"] = by_letter.account_of(key.email) is not None
    else:
        requests = requests_of(person).newest_first().select_related("export", "erasure")
        facts["requests"] = requests.prefetch_related("steps")
        facts["may_see"] = key.kind == Request.Kind.ACCESS
        if key.kind == Request.Kind.EXPORT and (copy := person.exports.order_by("pk").last()):
            facts["copy"] = copy
            facts["copy_url"] = url_for_guest(copy) if copy.is_fetchable else ""
    return facts


@with_person
@require_POST
def take_request_back(request, key, person, token):
    number = request.POST.get("request", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise Http404
    wish = get_object_or_404(requests_of(person), pk=number)
    # Closed or begun meanwhile, as the page then says.
    with suppress(Request.WrongOrder, Erasure.Begun):
        take_back(wish)
    return redirect(with_token("by_letter:confirm", token))


@with_person
@require_safe
def held(request, key, person, token):
    refuse_unless_asked(key)
    facts = overview_of(person) | {"after": query_of(token)}
    return render(request, "privacy/request/held.html", facts)


@with_person
@require_safe
def held_kind(request, key, person, token, table):
    refuse_unless_asked(key)
    described = kind_named(table)
    if described is None:
        raise Http404
    facts = {
        "described": described,
        "page": page_of_rows(person, described, request.GET.get("page")),
        "treatments": kinds_of_data([described]),
        "in_place": IN_PLACE,
        "query": urlencode({"key": token}),
        "after": query_of(token),
    }
    return render(request, "privacy/request/held_kind.html", facts)


def refuse_unless_asked(key):
    """A link that was sent for something else, and lives longer, shows no data."""
    if key.kind != Request.Kind.ACCESS:
        raise Http404


def with_token(name, token):
    return reverse(name) + query_of(token)


def query_of(token):
    return f"?{urlencode({'key': token})}"
