"""What staff sees of the mailbox: which messages wait for a person, and what became of the others.

The messages are read in a mail program, where those that wait are flagged. Nothing of them, nor
who wrote them, is shown here.
"""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from privacy.models import IncomingLetter, Mailbox, Request
from ui.filters import OnlyItsFilters


class WaitsFilter(admin.SimpleListFilter):
    title = _("waits for a person")
    parameter_name = "waits"

    def lookups(self, request, model_admin):
        return [("all", pgettext_lazy("messages", "all"))]

    def choices(self, changelist):
        for value, words in ((None, _("waits for a person")), *self.lookup_choices):
            query = changelist.get_query_string({self.parameter_name: value} if value else {}, [])
            if not value:
                query = changelist.get_query_string(remove=[self.parameter_name])
            yield {"selected": self.value() == value, "query_string": query, "display": words}

    def queryset(self, request, letters):
        return letters if self.value() else letters.for_people()


@admin.register(IncomingLetter)
class IncomingLetterAdmin(OnlyItsFilters, admin.ModelAdmin):
    list_display = ["id", "received_at", "what", "state", "vouched", "about"]
    list_filter = [WaitsFilter, "state"]
    ordering = ["-received_at", "-pk"]
    list_per_page = 50
    show_full_result_count = False
    fields = [
        *("received_at", "size", "what", "state", "read_at"),
        *("is_authentic", "is_decided", "about"),
    ]
    readonly_fields = ["what", "about"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_work_permission(self, request):
        return request.user.has_perm("privacy.change_incomingletter")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("requests")

    @admin.display(description=Request._meta.get_field("kind").verbose_name)
    def what(self, letter):
        return ", ".join(str(Request.Kind(kind).label) for kind in letter.kinds) or "—"

    @admin.display(description=_("sender"), boolean=True, ordering="is_authentic")
    def vouched(self, letter):
        return letter.is_authentic

    @admin.display(description=pgettext_lazy("of a message", "requests"))
    def about(self, letter):
        return ", ".join(map(str, letter.requests.all())) or "—"

    def changelist_view(self, request, extra_context=None):
        mailbox = Mailbox.objects.first()
        if mailbox and mailbox.is_late:
            since = date_format(timezone.localtime(mailbox.read_at), "DATETIME_FORMAT")
            words = _("The mailbox has not been read since %(since)s. %(error)s")
            messages.error(request, words % {"since": since, "error": mailbox.error})
        return super().changelist_view(request, extra_context)

    def get_actions(self, request):
        actions = super().get_actions(request)
        if self.has_work_permission(request):
            for verb in (settle, read_again, *map(asks_for, Request.Kind)):
                actions[verb.name] = (verb.carry_out, verb.name, verb.words)
        return actions


class Verb:
    """An action of the list: what is done with each letter, and what is said of it."""

    def __init__(self, name, words, act):
        self.name, self.words, self.act = name, words, act

    def carry_out(self, model_admin, request, letters):
        number = 0
        for letter in letters.exclude(state=IncomingLetter.State.WAITING):
            self.act(letter)
            model_admin.log_change(request, letter, str(self.words))
            number += 1
        model_admin.message_user(
            request,
            ngettext("%(number)s message: done.", "%(number)s messages: done.", number)
            % {"number": number},
            messages.SUCCESS if number else messages.WARNING,
        )


settle = Verb("settle", _("Settled: nothing more to do"), IncomingLetter.settle)
read_again = Verb("read_again", _("Let the portal read it again"), IncomingLetter.read_again)


def asks_for(kind):
    def read_as_that(letter):
        letter.read_again(kind)

    words = format_lazy(_("It asks for: {kind}"), kind=kind.label)
    return Verb(f"asks_for_{kind}", words, read_as_that)


def letters_of(request: Request) -> str:
    """For the page of a request: the messages that asked for it or replied to it."""
    return "; ".join(
        f"{letter}, {date_format(timezone.localtime(letter.received_at), 'DATETIME_FORMAT')}: "
        f"{letter.get_state_display()}"
        for letter in request.letters.order_by("received_at", "pk")
    )
