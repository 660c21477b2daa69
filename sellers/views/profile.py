from django.contrib import messages
from django.db import transaction
from django.db.models import ProtectedError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import gate
from accounts.guards import private
from sellers.authorised import TooOften, name_colleague, name_oneself, remove
from sellers.forms import (
    AboutForm,
    AuthorisedPersonForm,
    FoundingForm,
    HoursForm,
    IdentityForm,
    PaymentForm,
    PhoneForm,
    PlaceForm,
    ShippingForm,
)
from sellers.founding import AlreadySelling, OthersIdentity, found, identify
from sellers.founding import close as close_seller
from sellers.guards import (
    for_editors,
    for_editors_always,
    for_owners,
    for_owners_always,
    for_owners_proving,
)
from sellers.hours import spans
from sellers.models import AuthorisedPerson, Invitation, Member, Phone, Seller


@private
def profile(request):
    """The profile of the seller one acts for; the way to one for everybody else."""
    member = Member.objects.filter(user=request.user).select_related("seller", "user").first()
    if member is None:
        return start_page(request, FoundingForm())
    seller = member.seller
    return render(
        request,
        "sellers/profile.html",
        {
            "member": member,
            "seller": seller,
            "phones": seller.phones.order_by("pk"),
            "hours": spans(list(seller.working_days.all())),
            "shipping": seller.shipping.all(),
            "payment": seller.payment.all(),
            "authorised": AuthorisedPerson.objects.filter(seller=seller).first(),
            "verification": seller.verifications.filter(ended_at=None).first(),
        },
    )


@private
def create(request):
    if Member.objects.filter(user=request.user).exists():
        messages.info(request, _("You act for a seller already."))
        return redirect(following(request))
    form = FoundingForm(request.POST or None)
    if not form.is_valid():
        return start_page(request, form)
    seller = form.save(commit=False)
    gate.refuse_if_banned(request, seller=seller, phones=[form.cleaned_data["phone"]])
    try:
        found(seller, request.user, form.cleaned_data["phone"])
    except AlreadySelling:
        messages.info(request, _("You act for a seller already."))
    else:
        messages.success(request, _("Your page as a seller is open to everybody."))
    return redirect(following(request))


def following(request):
    """Where the person was before they had to say who sells."""
    target = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return target
    return "sellers:profile"


def start_page(request, form):
    invitations = Invitation.objects.to(request.user).count()
    return render(request, "sellers/start.html", {"form": form, "invitations": invitations})


@for_owners
@transaction.atomic
def edit_identity(request, member):
    seller = locked(member)
    form = IdentityForm(request.POST or None, instance=seller)
    if form.is_valid():
        gate.refuse_if_banned(request, seller=seller)
        try:
            identify(seller, request.user)
        except OthersIdentity:
            messages.error(request, _("Only the person whose page this is can change who it is."))
            return redirect("sellers:profile")
        return saved(request)
    return page(request, "identity", member, form)


@for_editors
def edit_place(request, member):
    return part(request, "place", member, PlaceForm)


@for_editors
def edit_about(request, member):
    return part(request, "about", member, AboutForm)


@for_editors
def edit_hours(request, member):
    return rows(request, "hours", member, HoursForm)


@for_editors
def edit_shipping(request, member):
    return rows(request, "shipping", member, ShippingForm)


@for_editors
def edit_payment(request, member):
    return rows(request, "payment", member, PaymentForm)


@for_owners
def edit_authorised(request, member):
    seller = member.seller
    if not seller.is_company:
        raise Http404
    person = AuthorisedPerson.objects.filter(seller=seller).first()
    form = AuthorisedPersonForm(
        request.POST or None,
        initial={
            "full_name": person.full_name if person else "",
            "position": person.position if person else "",
            "language": request.user.language,
        },
    )
    if form.is_valid():
        given = form.cleaned_data
        name, position = given["full_name"], given["position"]
        try:
            if given["is_me"]:
                name_oneself(seller, request.user, name, position)
            else:
                name_colleague(
                    seller, name, position, email=given["email"], language=given["language"]
                )
        except TooOften:
            form.add_error("email", _("Too many letters were sent today. Try again tomorrow."))
        else:
            return saved(request)
    return page(request, "authorised", member, form)


@for_owners_always
def remove_authorised(request, member):
    person = get_object_or_404(AuthorisedPerson, seller=member.seller)
    if request.method == "POST":
        remove(AuthorisedPerson.objects.filter(pk=person.pk))
        messages.success(request, _("The authorised person is removed."))
        return redirect("sellers:profile")
    return render(request, "sellers/remove_authorised.html", {"person": person})


@for_editors
@transaction.atomic
def add_phone(request, member):
    # The lock lets two additions at once neither pass the limit nor collide.
    seller = locked(member)
    if seller.phones.count() >= Phone.MOST_PER_SELLER:
        messages.error(
            request,
            ngettext(
                "You have %(most)d phone, as many as we keep. Remove it first.",
                "You have %(most)d phones, as many as we keep. Remove one first.",
                Phone.MOST_PER_SELLER,
            )
            % {"most": Phone.MOST_PER_SELLER},
        )
        return redirect("sellers:profile")
    form = PhoneForm(request.POST or None, instance=Phone(seller=seller))
    if form.is_valid():
        gate.refuse_if_banned(request, phones=[form.cleaned_data["number"]])
        form.save()
        messages.success(request, _("The phone is added."))
        return redirect("sellers:profile")
    return page(request, "phone", member, form)


@for_editors
@transaction.atomic
def edit_phone(request, member, pk):
    phone = get_object_or_404(locked(member).phones, pk=pk)
    form = PhoneForm(request.POST or None, instance=phone)
    if form.is_valid():
        gate.refuse_if_banned(request, phones=[form.cleaned_data["number"]])
        form.save()
        return saved(request)
    return page(request, "phone", member, form, phone=phone)


@for_editors_always
def remove_phone(request, member, pk):
    phone = get_object_or_404(member.seller.phones, pk=pk)
    if request.method == "POST":
        phone.delete()
        messages.success(request, _("The phone is removed."))
        return redirect("sellers:profile")
    return render(request, "sellers/remove_phone.html", {"phone": phone})


@for_owners_proving
def close(request, member):
    if request.method == "POST":
        try:
            close_seller(member.seller, request.user)
        except ProtectedError:
            messages.error(
                request,
                _(
                    "Nothing was deleted: there are orders of this seller, which buyers need for "
                    "their books. Put the ads into the archive, and nobody can order any more."
                ),
            )
        else:
            messages.success(
                request, _("The seller's page is closed, and what stood there is deleted.")
            )
        return redirect("sellers:profile")
    return render(request, "sellers/close.html", {"seller": member.seller})


@transaction.atomic
def rows(request, name, member, form_class):
    """Parts that are rows of their own: the lock keeps two colleagues from mixing theirs."""
    form = form_class(request.POST or None, seller=locked(member))
    if form.is_valid():
        form.save()
        return saved(request)
    return page(request, name, member, form)


def part(request, name, member, form_class):
    form = form_class(request.POST or None, instance=member.seller)
    if form.is_valid():
        form.save()
        return saved(request)
    return page(request, name, member, form)


def page(request, name, member, form, **facts):
    facts |= {"form": form, "seller": member.seller}
    return render(request, f"sellers/edit_{name}.html", facts)


def saved(request):
    messages.success(request, _("Saved."))
    return redirect("sellers:profile")


def locked(member):
    return Seller.objects.select_for_update().get(pk=member.seller_id)
