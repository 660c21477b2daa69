from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.forms import AddressForm, PersonForm, PhoneForm
from accounts.guards import dangerous, private
from accounts.models import Address, Phone, User
from accounts.sessions import end_sessions, sessions_of
from privacy.models import Erasure
from privacy.recipients import pass_on


@private
def overview(request):
    user = request.user
    return render(
        request,
        "accounts/overview.html",
        {
            "phones": user.phones.count(),
            "addresses": user.addresses.count(),
            "sessions": sessions_of(user).count(),
            "erasure": Erasure.objects.filter(subject=user.subject, state__in=Erasure.OPEN).first(),
        },
    )


@private
def profile(request):
    given = {address.kind: address for address in request.user.addresses.all()}
    return render(
        request,
        "accounts/profile.html",
        {
            "phones": request.user.phones.order_by("pk"),
            "can_add_phone": request.user.phones.count() < Phone.MOST_PER_USER,
            "addresses": [
                {"kind": kind, "name": kind.label, "address": given.get(kind)}
                for kind in Address.Kind
            ],
        },
    )


@private
@transaction.atomic
def edit_person(request):
    before = User.objects.select_for_update().get(pk=request.user.pk).get_full_name()
    form = PersonForm(request.POST or None, instance=request.user)
    if form.is_valid():
        # Only these: a password changed meanwhile in another window must not come back.
        form.save(commit=False).save(update_fields=form.Meta.fields)
        say_saved(request, "identity.full", before, request.user.get_full_name())
        return redirect("accounts:profile")
    return render(request, "accounts/edit_person.html", {"form": form})


def say_saved(request, category, before, after):
    if places := pass_on(request.user.subject, category, before, after):
        words = ngettext(
            "Saved. It is changed on %(places)d open order, too; its seller is told.",
            "Saved. It is changed on %(places)d open orders, too; their sellers are told.",
            places,
        )
        messages.success(request, words % {"places": places})
    else:
        messages.success(request, _("Saved."))


@private
@transaction.atomic
def add_phone(request):
    # The lock lets two additions at once neither pass the limit nor collide.
    user = User.objects.select_for_update().get(pk=request.user.pk)
    if user.phones.count() >= Phone.MOST_PER_USER:
        messages.error(
            request,
            ngettext(
                "You have %(most)d phone, as many as we keep. Remove it first.",
                "You have %(most)d phones, as many as we keep. Remove one first.",
                Phone.MOST_PER_USER,
            )
            % {"most": Phone.MOST_PER_USER},
        )
        return redirect("accounts:profile")
    form = PhoneForm(request.POST or None, instance=Phone(user=user))
    if form.is_valid():
        form.save()
        messages.success(request, _("The phone is added."))
        return redirect("accounts:profile")
    return render(request, "accounts/edit_phone.html", {"form": form})


@private
@transaction.atomic
def edit_phone(request, pk):
    User.objects.select_for_update().get(pk=request.user.pk)
    phone = get_object_or_404(request.user.phones, pk=pk)
    before = str(phone.number)
    form = PhoneForm(request.POST or None, instance=phone)
    if form.is_valid():
        form.save()
        say_saved(request, "contact.phone", before, str(phone.number))
        return redirect("accounts:profile")
    return render(request, "accounts/edit_phone.html", {"form": form, "phone": phone})


@private
def remove_phone(request, pk):
    phone = get_object_or_404(request.user.phones, pk=pk)
    if request.method == "POST":
        phone.delete()
        messages.success(request, _("The phone is removed."))
        return redirect("accounts:profile")
    return render(request, "accounts/remove_phone.html", {"phone": phone})


@private
@transaction.atomic
def edit_address(request, kind):
    if kind not in Address.Kind.values:
        raise Http404
    user = User.objects.select_for_update().get(pk=request.user.pk)
    address = user.addresses.filter(kind=kind).first() or Address(user=user, kind=kind)
    form = AddressForm(request.POST or None, instance=address)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/edit_address.html", {"form": form, "address": address})


@private
def remove_address(request, kind):
    address = get_object_or_404(request.user.addresses, kind=kind)
    if request.method == "POST":
        address.delete()
        messages.success(request, _("The address is removed."))
        return redirect("accounts:profile")
    return render(request, "accounts/remove_address.html", {"address": address})


@private
def security(request):
    factors = {"webauthn": []}
    for factor in Authenticator.objects.filter(user=request.user).order_by("created_at"):
        if factor.type == Authenticator.Type.WEBAUTHN:
            factors["webauthn"].append(factor.wrap())
        else:
            factors[factor.type] = factor.wrap()
    codes = factors.get("recovery_codes")
    return render(
        request,
        "accounts/security.html",
        {
            "new_email": EmailAddress.objects.get_new(request.user),
            "totp": factors.get("totp"),
            "passkeys": factors["webauthn"],
            "codes": codes,
            "codes_left": len(codes.get_unused_codes()) if codes else 0,
            "sessions": sessions_of(request.user),
            "this_session": request.session.session_key,
        },
    )


@dangerous
def end_session(request, pk):
    sessions = sessions_of(request.user).exclude(session_key=request.session.session_key)
    session = get_object_or_404(sessions, pk=pk)
    if request.method == "POST":
        end_sessions(sessions.filter(pk=pk))
        messages.success(request, _("That device is signed out."))
        return redirect("accounts:security")
    return render(request, "accounts/end_session.html", {"session": session})


@dangerous
def end_other_sessions(request):
    others = sessions_of(request.user).exclude(session_key=request.session.session_key)
    if request.method == "POST":
        end_sessions(others)
        messages.success(request, _("You are signed out everywhere but here."))
        return redirect("accounts:security")
    return render(request, "accounts/end_other_sessions.html", {"sessions": others})
