"""What it means for others and for what somebody runs here when they are left in peace, or deleted.

It is said before the button. Apps above fill the lists.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.models import Subject

MEANWHILE = _(
    "Nothing is sent to you but answers to what you ask and letters that your orders, your ads and "
    "the safety of your account need. Nothing is passed on to anybody new unless you send it "
    "yourself. A seller for whom nobody but you answers is closed meanwhile; a company for which "
    "others answer, too, goes on as before."
)


@dataclass(frozen=True)
class Consequence:
    """For something that has a name, in whole sentences."""

    name: str
    sentences: list[str | Promise]
    # The address of what the person may want to do first, and its words.
    first: str = ""
    first_words: str | Promise = ""


OF_STOPPING: list[Callable[[Subject], Iterable[Consequence]]] = []
OF_DELETING: list[Callable[[Subject], Iterable[Consequence]]] = []


def of_stopping(person: Subject) -> list[Consequence]:
    return [each for tell in OF_STOPPING for each in tell(person)]


def of_deleting(person: Subject) -> list[Consequence]:
    return [each for tell in OF_DELETING for each in tell(person)]
