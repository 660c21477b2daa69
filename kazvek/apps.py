from django.contrib.admin import apps


class KazvekAdminConfig(apps.AdminConfig):
    # Stands apart from the site itself, whose imports need all apps to be loaded.
    default = False
    default_site = "kazvek.admin.KazvekAdmin"
