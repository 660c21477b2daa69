from django.conf import settings


def site(request):
    """Where the portal lives, for the addresses that must be absolute."""
    return {"SITE_URL": settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")}
