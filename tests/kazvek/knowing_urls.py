"""The portal with one public page that says who reads it, as none must."""

from django.http import HttpResponse
from django.urls import path

from kazvek.urls import urlpatterns as portal
from ui.public import public_page


@public_page
def knows_its_reader(request):
    return HttpResponse(f"Hello {request.user}")


urlpatterns = [path("knows/", knows_its_reader), *portal]
