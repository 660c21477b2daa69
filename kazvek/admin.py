from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from accounts.guards import asked_first
from accounts.second_factor import is_proved
from kazvek.demo import DEMO_STAFF
from moderation import queue_pages, storefront_pages
from privacy import record_pages, watch_pages
from privacy.acknowledgements import awaited


class KazvekAdmin(admin.AdminSite):
    """Django's admin behind the portal's own sign-in and a second factor."""

    site_header = site_title = "Kazvek"
    site_url = "/"

    def has_permission(self, request):
        return (
            super().has_permission(request)
            and (is_demo_staff(request.user) or is_proved(request))
            and not awaited(request.user.subject)
            and request.user.rights_end_at > timezone.now()
        )

    def each_context(self, request):
        return super().each_context(request) | {
            "enters_without_second_factor": self.has_permission(request) and not is_proved(request)
        }

    @method_decorator(asked_first)
    def login(self, request, extra_context=None):
        here = request.GET.get("next", reverse("admin:index"))
        if request.user.is_anonymous:
            return redirect_to_login(here, reverse("account_login"))
        if not request.user.is_staff:
            raise PermissionDenied
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.rights_end_at <= timezone.now():
            messages.warning(
                request,
                _(
                    "Your rights in the administration are switched off: nobody has reviewed them "
                    "for 90 days. Ask an administrator to do it."
                ),
            )
            return redirect("accounts:security")
        if not request.user.has_second_factor:
            messages.warning(
                request,
                _("The administration opens to you once you have set up a second factor."),
            )
            return redirect("accounts:security")
        messages.warning(
            request,
            _(
                "On this device you are signed in without your second factor. Use it now and "
                "the administration opens."
            ),
        )
        return redirect(f"{page_for_second_factor(request.user)}?{urlencode({'next': here})}")

    def get_urls(self):
        pages = [
            path("privacy/record/", record_pages.record, name="record"),
            path("privacy/watch/", watch_pages.page, name="watch"),
            path("privacy/record.json", record_pages.record_json, name="record_json"),
            path("privacy/record.csv", record_pages.record_csv, name="record_csv"),
            path("moderation/queue/", queue_pages.queue, name="queue"),
            path("moderation/queue/next/", queue_pages.following, name="queue_next"),
            path("moderation/queue/<int:pk>/", queue_pages.review, name="queue_review"),
            path(
                "moderation/storefront/<int:pk>/",
                storefront_pages.review,
                name="storefront_review",
            ),
        ]
        for page in pages:
            page.callback = self.admin_view(page.callback)
        return [*pages, *super().get_urls()]

    def get_app_list(self, request, app_label=None):
        """The queue and the record of processing stand among the tables, though they are none."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            if app["app_label"] == "moderation" and request.user.has_perm(
                "moderation.add_decision"
            ):
                app["models"].insert(
                    0,
                    {
                        "name": _("Ads that wait"),
                        "object_name": "Queue",
                        "admin_url": reverse("admin:queue"),
                        "view_only": True,
                        "perms": {"view": True},
                    },
                )
            if app["app_label"] == "privacy":
                if request.user.has_perm("privacy.view_selfcheckrun"):
                    app["models"].append(
                        {
                            "name": _("Watch"),
                            "object_name": "Watch",
                            "admin_url": reverse("admin:watch"),
                            "view_only": True,
                            "perms": {"view": True},
                        }
                    )
                app["models"].append(
                    {
                        "name": _("Record of processing"),
                        "object_name": "Record",
                        "admin_url": reverse("admin:record"),
                        "view_only": True,
                        "perms": {"view": True},
                    }
                )
        return apps

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")


def page_for_second_factor(user):
    """Of the ways to prove again who one is, the first that is more than the password."""
    ways = get_adapter().get_reauthentication_methods(user)
    return next(way["url"] for way in ways if way["id"] != "reauthenticate")


def is_demo_staff(user):
    return settings.LOCAL and user.email in DEMO_STAFF
