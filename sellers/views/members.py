from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import gate
from accounts.guards import private
from sellers import joining
from sellers.forms import InvitationForm, RoleForm
from sellers.founding import AlreadySelling
from sellers.guards import for_members, for_owners, for_owners_always
from sellers.models import Invitation, Member


@for_owners
def members(request, member):
    seller = member.seller
    return render(
        request,
        "sellers/members.html",
        {
            "member": member,
            "members": seller.members.select_related("user", "seller").order_by("joined_at", "pk"),
            "invitations": seller.invitations.current().order_by("created_at"),
        },
    )


@for_owners
def invite(request, member):
    form = InvitationForm(
        request.POST or None,
        initial={"role": Member.Role.VIEWER, "language": request.user.language},
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            joining.invite(member.seller, given["email"], given["role"], given["language"])
        except joining.AlreadyInvited:
            form.add_error("email", _("An invitation to this address waits for its answer."))
        except joining.AlreadyMember:
            form.add_error("email", _("Whoever has this address acts for the seller already."))
        except joining.TooMany:
            form.add_error(None, _("As many people act for the seller, or are invited, as may."))
        except joining.TooOften:
            form.add_error("email", _("Too many letters were sent today. Try again tomorrow."))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("sellers:members")
    return render(request, "sellers/invite.html", {"form": form})


@for_owners_always
def withdraw_invitation(request, member, pk):
    invitation = get_object_or_404(member.seller.invitations, pk=pk)
    if request.method == "POST":
        joining.forget_invitations(Invitation.objects.filter(pk=invitation.pk))
        messages.success(request, _("The invitation is withdrawn and its address deleted."))
        return redirect("sellers:members")
    return render(request, "sellers/withdraw_invitation.html", {"invitation": invitation})


@for_owners
def change_role(request, member, pk):
    colleague = get_object_or_404(member.seller.members.select_related("user"), pk=pk)
    form = RoleForm(request.POST or None, initial={"role": colleague.role})
    if form.is_valid():
        try:
            joining.change_role(colleague, Member.Role(form.cleaned_data["role"]))
        except (joining.LastOwner, joining.Proprietor) as refusal:
            form.add_error("role", words_for(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("sellers:profile" if colleague.pk == member.pk else "sellers:members")
    return render(request, "sellers/change_role.html", {"form": form, "colleague": colleague})


@for_owners_always
def remove(request, member, pk):
    if pk == member.pk:
        return redirect("sellers:leave")
    colleague = get_object_or_404(member.seller.members.select_related("user"), pk=pk)
    if request.method == "POST":
        try:
            joining.remove(colleague)
        except (joining.LastOwner, joining.Proprietor) as refusal:
            messages.error(request, words_for(refusal))
        else:
            messages.success(request, _("This person does not act for the seller any more."))
        return redirect("sellers:members")
    return render(request, "sellers/remove_member.html", {"colleague": colleague})


@for_members
def leave(request, member):
    if request.method == "POST":
        try:
            joining.leave(member)
        except (joining.LastOwner, joining.Proprietor) as refusal:
            messages.error(request, words_for(refusal))
        else:
            messages.success(request, _("You do not act for the seller any more."))
        return redirect("sellers:profile")
    return render(request, "sellers/leave.html", {"seller": member.seller})


@private
def invitations(request):
    """What others have invited this account to."""
    waiting = Invitation.objects.to(request.user).select_related("seller").order_by("created_at")
    return render(request, "sellers/invitations.html", {"invitations": waiting})


@private
@require_POST
def accept(request, pk):
    gate.refuse_if_banned(request)
    invitation = get_object_or_404(Invitation.objects.to(request.user), pk=pk)
    try:
        joining.accept(invitation, request.user)
    except Invitation.DoesNotExist:
        messages.error(request, _("This invitation is not open any more."))
        return redirect("sellers:invitations")
    except AlreadySelling:
        messages.error(
            request,
            _(
                "This account acts for another seller. Leave that one first, or ask to be invited "
                "at another address."
            ),
        )
        return redirect("sellers:invitations")
    messages.success(request, _("You act for the seller now."))
    return redirect("sellers:profile")


@private
@require_POST
def decline(request, pk):
    invitation = get_object_or_404(Invitation.objects.to(request.user), pk=pk)
    joining.forget_invitations(Invitation.objects.filter(pk=invitation.pk))
    messages.success(request, _("The invitation is declined and your address there deleted."))
    return redirect("sellers:invitations")


def words_for(refusal):
    if isinstance(refusal, joining.Proprietor):
        return _("The page is this person's own: it can be closed, but not left to others.")
    return _("A seller has at least one owner. Make somebody else an owner first.")
