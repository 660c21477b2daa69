"""The person who may sign for a company is told what a colleague wrote (GDPR, Article 14)."""

from django.db import transaction

from accounts.models import User
from privacy.forgetting import forget
from privacy.models import Subject
from sellers.letters import tell_address
from sellers.models import AuthorisedPerson, Seller
from ui.limits import is_within

DAY = 24 * 60 * 60
NOTICES_A_DAY = 10
LETTERS_TO_ONE_ADDRESS_A_DAY = 3


class TooOften(Exception):
    """So many people were named today that it looks like mail nobody asked for."""


def name_oneself(seller: Seller, user: User, full_name: str, position: str) -> AuthorisedPerson:
    return replace(seller, user.subject, full_name, position)


def name_colleague(
    seller: Seller, full_name: str, position: str, *, email: str, language: str
) -> AuthorisedPerson:
    """The address serves for the one letter and is not kept."""
    if not (
        is_within(NOTICES_A_DAY, DAY, f"sellers:authorised:{seller.pk}")
        and is_within(LETTERS_TO_ONE_ADDRESS_A_DAY, DAY, f"sellers:authorised:{email.lower()}")
    ):
        raise TooOften
    with transaction.atomic():
        person = replace(seller, Subject.objects.create(), full_name, position)
        tell_address(
            email,
            language,
            "authorised_person",
            seller,
            "sellers:authorised_person",
            seller.slug,
            person.key,
            person=person,
        )
    return person


def replace(seller, subject, full_name, position):
    with transaction.atomic():
        seller = Seller.objects.select_for_update().get(pk=seller.pk)
        remove(AuthorisedPerson.objects.filter(seller=seller))
        return AuthorisedPerson.objects.create(
            seller=seller, subject=subject, full_name=full_name, position=position
        )


def remove(persons) -> None:
    """The company stays; the person goes, unless something else is known of them."""
    with transaction.atomic():
        people = list(Subject.objects.filter(authorised_for__in=persons))
        persons.delete()
        forget(people)
