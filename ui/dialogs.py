"""Pages that are also shown above another one, step by step in one dialog.

static/js/elements/page-dialog.js asks for them by a header and gets what the dialog holds; without
a script each is a page of its own.
"""

from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import patch_vary_headers

HEADER = "X-Dialog"


def is_dialog(request) -> bool:
    return HEADER in request.headers


def render_either(request, template, context, status=200):
    """`orders/cart.html` as a page, `orders/_cart.html` as what a dialog holds."""
    if is_dialog(request):
        folder, _, name = template.rpartition("/")
        template = f"{folder}/_{name}"
    context = context | {"is_dialog": is_dialog(request)}
    response = render(request, template, context, status=status)
    patch_vary_headers(response, [HEADER])
    if is_dialog(request):
        response[HEADER] = "1"
    return response


def leave(request, to, *args):
    """Redirect away from the dialog: the whole page goes there."""
    if not is_dialog(request):
        return redirect(to, *args)
    return HttpResponse(status=204, headers={"X-Location": resolve_url(to, *args)})
