from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from letters.after_commit import after_commit
from letters.models import Letter
from letters.tasks import send_waiting
from ui.filters import OnlyItsFilters


@admin.register(Letter)
class LetterAdmin(OnlyItsFilters, admin.ModelAdmin):
    """What did not arrive, and why. What a letter says is for its receiver only."""

    list_display = [
        "masked",
        "subject_line",
        "state",
        "error",
        "attempts",
        "created_at",
        "due_at",
    ]
    list_filter = ["state"]
    show_facets = admin.ShowFacets.ALWAYS
    ordering = ["-created_at"]
    list_per_page = 50
    readonly_fields = ["masked"]
    fields = ["masked", "subject_line", "state", "error", "attempts", "created_at", "due_at"]
    actions = ["send_again"]

    @admin.display(description=_("recipient"))
    def masked(self, letter):
        """With its server, which an error is mostly about."""
        name, _at, host = letter.recipient.rpartition("@")
        return f"{name[:1]}•••@{host}"

    def get_queryset(self, request):
        return super().get_queryset(request).unsent().defer("content")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_send_permission(self, request):
        return request.user.has_perm("letters.change_letter")

    @admin.action(description=_("Send the selected letters again"), permissions=["send"])
    def send_again(self, request, letters):
        number = letters.send_again()
        after_commit(send_waiting)
        self.message_user(
            request,
            ngettext(
                "%(number)s letter is on its way again.",
                "%(number)s letters are on their way again.",
                number,
            )
            % {"number": number},
            messages.SUCCESS if number else messages.WARNING,
        )
