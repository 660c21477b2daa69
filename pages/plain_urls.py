"""Addresses without a language: for programs, and the one that chooses a language."""

from django.contrib.sitemaps.views import sitemap
from django.urls import path

from pages import health, language, wellknown
from pages.sitemaps import SITEMAPS
from privacy.views import gpc

urlpatterns = [
    path("", language.choose, name="choose_language"),
    path("language/<str:code>/", language.remember, name="language"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("robots.txt", wellknown.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path(".well-known/security.txt", wellknown.security, name="security"),
    path(".well-known/gpc.json", gpc, name="gpc"),
    path(".well-known/change-password", wellknown.change_password, name="change_password"),
]
