"""The page of one erasure, for whoever has the key from the letter: the account may be gone."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from privacy.erasure.beginning import hasten
from privacy.erasure.certificate import in_words
from privacy.erasure.holding import expected
from privacy.erasure.letters import key_of, of_key
from privacy.models import Erasure
from privacy.requests import take_back
from ui.origin import same_origin


@same_origin
@cache_control(private=True, no_store=True)
def deletion(request):
    erasure = of_key(request.GET.get("key", ""))
    if erasure is None:
        return render(request, "privacy/deletion_unknown.html", status=404)
    if request.method == "POST":
        if "take_back" in request.POST:
            try:
                take_back(erasure.request)
            except Erasure.Begun:
                messages.error(request, _("The deletion has begun and cannot be taken back."))
            except erasure.request.WrongOrder:
                messages.error(request, _("This request is closed already."))
        elif "at_once" in request.POST:
            hasten(erasure)
        return redirect(f"{reverse('privacy:deletion')}?key={key_of(erasure)}")
    return render(
        request,
        "privacy/deletion.html",
        {
            "erasure": erasure,
            "key": request.GET["key"],
            "held": [] if erasure.is_over else expected(erasure.subject),
            "certificate": in_words(erasure) if erasure.is_over else None,
        },
    )
