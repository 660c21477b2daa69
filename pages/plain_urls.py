"""Addresses without a language: for programs, and the one that chooses a language."""

from django.urls import path

from pages import health, language, sitemaps, wellknown
from privacy.views import gpc

urlpatterns = [
    path("", language.choose, name="choose_language"),
    path("language/<str:code>/", language.remember, name="language"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("robots.txt", wellknown.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:name>-<int:number>.xml", sitemaps.part, name="sitemap_part"),
    path(".well-known/security.txt", wellknown.security, name="security"),
    path(".well-known/gpc.json", gpc, name="gpc"),
    path(".well-known/change-password", wellknown.change_password, name="change_password"),
]
