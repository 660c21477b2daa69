"""The addresses of the portal, and one that answers at once, by which all others are measured."""

from django.http import HttpResponse
from django.urls import path

from kazvek import urls
from kazvek.urls import handler400, handler403, handler404, handler429, handler500

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]


def hello(request):
    return HttpResponse("Hello")


urlpatterns = [path("hello/", hello), *urls.urlpatterns]
