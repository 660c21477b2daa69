from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path

from kazvek.metrics import metrics
from listings.urls import storefronts
from listings.views.photos import file
from sellers import urls as sellers
from sellers.views import logo

handler400 = "pages.views.bad_request"
handler403 = "pages.views.forbidden"
handler404 = "pages.views.not_found"
handler429 = "pages.views.too_many_requests"
handler500 = "pages.views.server_error"

urlpatterns = [
    path("", include("pages.plain_urls")),
    path("metrics", metrics, name="metrics"),
    path("admin/", admin.site.urls),
    # Without a language, and not among the uploads: these come out of the database.
    path("logos/<slug:stem>-<int:side>.<slug:kind>", logo.file, name="logo"),
    *i18n_patterns(
        path("", include("pages.urls")),
        # Before the ads, whose addresses end in any words.
        path("", include("moderation.urls")),
        path("", include("orders.urls")),
        path("", include("listings.urls")),
        path("privacy/request/", include("accounts.letter_urls")),
        path("", include("privacy.urls")),
        # A storefront shows ads, so its view lives above the sellers; its name is theirs.
        path("", include(([*sellers.urlpatterns, *storefronts], sellers.app_name))),
        path("account/", include("accounts.urls")),
        path("accounts/", include("accounts.entrance")),
    ),
]

if settings.LOCAL:
    # The one folder of uploads that is served, and only names that we have given.
    urlpatterns += [
        re_path(
            r"^media/photos/(?:[0-9a-f]{2})/(?P<name>[0-9a-f]{32,64}-[0-9]{1,4}\.(?:webp|jpg))$",
            file,
            name="photo_file",
        )
    ]
