from django.urls import path

from privacy import record_pages, views
from privacy.erasure.views import deletion
from privacy.export import views as export_views
from privacy.models import Document

app_name = "privacy"

ADDRESSES = {
    Document.Slug.PRIVACY: "privacy/",
    Document.Slug.TERMS: "terms/",
    Document.Slug.POSTING: "rules/posting/",
    Document.Slug.REVIEWS: "rules/reviews/",
    Document.Slug.ITEMS: "rules/items/",
    Document.Slug.ADS: "rules/ads/",
    Document.Slug.COOKIES: "cookies/",
}

urlpatterns = [
    path("privacy/data/", record_pages.held, name="data"),
    path("privacy/deletion/", deletion, name="deletion"),
    path("privacy/export/<int:pk>/", export_views.page, name="export"),
    path("privacy/export/<int:pk>/open/", export_views.open_by_key, name="open_export"),
    path("privacy/export/<int:pk>/fetch/", export_views.ask_for, name="fetch_export"),
    path("privacy/export/<int:pk>/file/", export_views.file, name="export_file"),
]
for slug, address in ADDRESSES.items():
    which = {"slug": slug.value}
    urlpatterns += [
        path(address, views.document, which, name=slug.value),
        path(f"{address}history/", views.history, which, name=f"{slug.value}-history"),
        path(f"{address}<int:number>/", views.version, which, name=f"{slug.value}-version"),
        path(
            f"{address}<int:number>/record.json", views.record, which, name=f"{slug.value}-record"
        ),
    ]
