from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.guards import private_always
from privacy.data_map import IN_PLACE
from privacy.held import kind_named, overview_of, page_of_rows, removable_among, remove
from privacy.record import kinds_of_data


@private_always
@require_safe
def held(request):
    """Every kind of data there is about the person, and how many rows of it."""
    return render(request, "accounts/privacy/held.html", overview_of(request.user.subject))


@private_always
@require_safe
def held_kind(request, table):
    described = kind_or_404(table)
    page = page_of_rows(request.user.subject, described, request.GET.get("page"))
    facts = {"described": described, "page": page, "treatments": kinds_of_data([described])}
    facts["in_place"] = IN_PLACE
    return render(request, "accounts/privacy/held_kind.html", facts)


@private_always
def remove_held(request, table, pk):
    described = kind_or_404(table)
    if described.remove is None:
        raise Http404
    row = get_object_or_404(described.rows_of(request.user.subject), pk=pk)
    if request.method == "GET" and removable_among(described, [row]):
        facts = {"described": described, "row": row}
        return render(request, "accounts/privacy/remove_held.html", facts)
    if request.method == "POST" and remove(request.user.subject, described, pk):
        messages.success(request, _("It is removed."))
    else:
        messages.error(request, described.remove.otherwise or _("There is nothing to remove."))
    return redirect("accounts:held_kind", table)


def kind_or_404(table):
    if described := kind_named(table):
        return described
    raise Http404
