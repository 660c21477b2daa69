from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from sellers import logos
from sellers.forms import LogoForm
from sellers.guards import for_editors
from sellers.models import Logo, Seller
from ui.limits import is_within

# Each costs a second of work.
UPLOADS = 30
AN_HOUR = 60 * 60


@for_editors
def edit(request, member):
    form = LogoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and not is_within(
        UPLOADS, AN_HOUR, f"sellers:logos:{member.seller_id}"
    ):
        messages.error(request, _("The logo was changed too often within an hour. Try later."))
        return redirect("sellers:profile")
    if form.is_valid():
        logos.keep(member.seller, form.cleaned_data["logo"])
        messages.success(request, _("The logo is on your page."))
        return redirect("sellers:profile")
    return render(request, "sellers/edit_logo.html", {"form": form, "seller": member.seller})


@for_editors
def remove(request, member):
    if not member.seller.logo:
        raise Http404
    if request.method == "POST":
        logos.remove(member.seller)
        messages.success(request, _("The logo is removed."))
        return redirect("sellers:profile")
    return render(request, "sellers/remove_logo.html", {"seller": member.seller})


@require_safe
@cache_control(public=True, max_age=365 * 24 * AN_HOUR, immutable=True)
def file(request, stem, side, kind):
    """Under a name made of what is in it, which therefore never changes."""
    if side not in Logo.SIDES or kind not in Logo.KINDS:
        raise Http404
    shown = Logo.objects.filter(stem=stem, seller__in=Seller.objects.public().order_by())
    content = shown.values_list(f"{kind}_{side}", flat=True).first()
    if content is None:
        raise Http404
    answer = HttpResponse(bytes(content), content_type=Logo.KINDS[kind])
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
