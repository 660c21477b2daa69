from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from kazvek.demo import DEMO_STAFF
from privacy import record_pages


class KazvekAdmin(admin.AdminSite):
    """Django's admin behind the portal's own sign-in and a second factor."""

    site_header = site_title = "Kazvek"
    site_url = "/"

    def has_permission(self, request):
        return super().has_permission(request) and (
            request.user.has_second_factor or is_demo_staff(request.user)
        )

    def each_context(self, request):
        return super().each_context(request) | {
            "enters_without_second_factor": self.has_permission(request)
            and not request.user.has_second_factor
        }

    def login(self, request, extra_context=None):
        if request.user.is_anonymous:
            here = request.GET.get("next", reverse("admin:index"))
            return redirect_to_login(here, reverse("account_login"))
        if not request.user.is_staff:
            raise PermissionDenied
        if not self.has_permission(request):
            messages.warning(
                request,
                _("The administration opens to you once you have set up a second factor."),
            )
            return redirect("accounts:security")
        return redirect("admin:index")

    def get_urls(self):
        pages = [
            path("privacy/record/", record_pages.record, name="record"),
            path("privacy/record.json", record_pages.record_json, name="record_json"),
            path("privacy/record.csv", record_pages.record_csv, name="record_csv"),
        ]
        for page in pages:
            page.callback = self.admin_view(page.callback)
        return [*pages, *super().get_urls()]

    def get_app_list(self, request, app_label=None):
        """The record of processing stands among the tables of privacy, though it is none."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            if app["app_label"] == "privacy":
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


def is_demo_staff(user):
    return settings.LOCAL and user.email in DEMO_STAFF
