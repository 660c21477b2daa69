"""Who may enter the pages of a seller: its members, each as far as their role goes."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts import gate
from accounts.guards import dangerous, private
from sellers.models import Member


def for_members(view):
    """Everybody who acts for a seller; the view gets their membership. Others find nothing."""
    return private(as_member(view))


def for_editors(view):
    """Owners and managers; whoever is shut out reads here and sends nothing."""
    return private(as_member(only(lambda member: member.may_edit, past_the_gate(view))))


def for_editors_always(view):
    """Like `for_editors` without the gate: taking away, and appealing, stay open to all."""
    return private(as_member(only(lambda member: member.may_edit, view)))


def for_owners(view):
    return private(as_member(only(lambda member: member.is_owner, past_the_gate(view))))


def for_owners_always(view):
    return private(as_member(only(lambda member: member.is_owner, view)))


def for_owners_proving(view):
    """Like `for_owners`, and only shortly after they have proved again who they are."""
    return dangerous(as_member(only(lambda member: member.is_owner, view)))


def as_member(view):
    @wraps(view)
    def guarded(request, *args, **kwargs):
        member = Member.objects.filter(user=request.user).select_related("seller", "user").first()
        if member is None:
            raise Http404
        return view(request, member, *args, **kwargs)

    return guarded


def past_the_gate(view):
    @wraps(view)
    def guarded(request, member, *args, **kwargs):
        if request.method == "POST":
            gate.refuse_if_banned(request, seller=member.seller)
        return view(request, member, *args, **kwargs)

    return guarded


def only(may_enter, view):
    @wraps(view)
    def guarded(request, member, *args, **kwargs):
        if not may_enter(member):
            raise PermissionDenied
        return view(request, member, *args, **kwargs)

    return guarded
