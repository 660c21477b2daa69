"""Where letters to a person go, of whom only the data map knows an address."""

from privacy.data_map import DATA_MAP, People
from privacy.models import Subject, SubjectIdentifier
from privacy.models.identifiers import digest
from privacy.people import holders


def has_account(person: Subject) -> bool:
    return bool(holders([person.pk]))


def address_of(person: Subject) -> str:
    """The address of the account, or one that the person has proved; empty if there is none."""
    proved = set(
        SubjectIdentifier.objects.filter(subject=person, kind="email").values_list(
            "digest", flat=True
        )
    )
    for described, name in columns_with_addresses():
        addresses = described.rows_of(person).exclude(**{name: ""}).order_by()
        for address in addresses.values_list(name, flat=True).distinct():
            if is_of_account(described) or digest("email", address) in proved:
                return address
    return ""


def columns_with_addresses():
    """That of the account first."""
    found = [
        (described, name)
        for described in DATA_MAP.values()
        if isinstance(described.subject, str)
        for name, declared in described.personal_fields.items()
        if declared.category == "contact.email"
    ]
    return sorted(found, key=lambda column: not is_of_account(column[0]))


def is_of_account(described):
    return described.people == People.HOLDERS and described.subject == "subject"
