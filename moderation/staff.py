"""What moderators may do in the administration."""

from django.contrib.auth.models import Group, Permission

MODERATORS = "Moderators"
MAY = {
    "accounts": ["view_user"],
    "letters": ["view_letter"],
    "privacy": ["add_staffaccess"],
    "sellers": ["view_seller", "add_verification"],
    "listings": ["view_listing", "view_document"],
    "orders": ["view_order", "reveal_contacts", "settle_disputes"],
    "moderation": [
        *(
            "add_decision",
            "view_decision",
            "view_removal",
            "view_complaint",
            "view_appeal",
            "change_appeal",
        ),
        *("view_ban", "add_ban", "change_ban"),
        *("view_stopword", "add_stopword", "change_stopword", "delete_stopword"),
    ],
}


def moderators() -> Group:
    """The group, with what it needs; what an administrator has added to it stays."""
    group, _made = Group.objects.get_or_create(name=MODERATORS)
    for app, codenames in MAY.items():
        group.permissions.add(
            *Permission.objects.filter(content_type__app_label=app, codename__in=codenames)
        )
    return group
