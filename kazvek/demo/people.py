"""The accounts one can sign in with: a buyer, a seller, a moderator and an administrator."""

from allauth.account.models import EmailAddress
from django.utils import translation

from accounts.models import Address, Phone, User
from kazvek.demo import ADMINISTRATOR, BUYER, MODERATOR, PASSWORD, ROLES, SELLER
from moderation.staff import moderators
from privacy.acknowledgements import acknowledge, versions_in_force
from privacy.ledger import Occasion
from privacy.models import SubjectIdentifier
from privacy.models.consents import text_hash
from privacy.sentences import acknowledgement_sentence


def sign_ins():
    """Role and address of the demo people whom the demo password still lets in."""
    people = User.objects.filter(is_active=True).in_bulk(ROLES, field_name="email")
    return [
        (role, email)
        for email, role in ROLES.items()
        if email in people and people[email].check_password(PASSWORD)
    ]


def add_people():
    buyer = add_person(
        BUYER,
        surname="Кенжебаева",
        first_name="Айгерім",
        patronymic="Серікқызы",
        activity=User.Activity.LIVESTOCK,
        language=User.Language.KAZAKH,
    )
    if buyer:
        add_phone(buyer, "+77010000011", Phone.Purpose.CALLS)
        add_address(
            buyer,
            Address.Kind.RESIDENCE,
            "Ақмола облысы",
            "Көкшетау",
            "Абай көшесі, 112, 24-пәтер",
            "020000",
        )
        add_address(
            buyer, Address.Kind.STAY, "Ақмола облысы", "Зеренді", "Мектеп көшесі, 7", "021200"
        )

    seller = add_person(
        SELLER,
        surname="Ковальчук",
        first_name="Сергей",
        patronymic="Иванович",
        activity=User.Activity.CROPS,
        language=User.Language.RUSSIAN,
    )
    if seller:
        add_phone(seller, "+77010000021", Phone.Purpose.CALLS)
        add_phone(seller, "+77010000022", Phone.Purpose.ACCOUNTING)
        add_address(
            seller,
            Address.Kind.RESIDENCE,
            "Костанайская область",
            "Костанай",
            "проспект Аль-Фараби, 65, кв. 18",
            "110000",
        )
        add_address(
            seller,
            Address.Kind.WORK,
            "Костанайская область",
            "Карабалык",
            "Элеваторная улица, 3",
            "110900",
        )

    moderator = add_person(
        MODERATOR,
        surname="Ахметова",
        first_name="Динара",
        patronymic="Ерлановна",
        activity=User.Activity.SERVICES,
        language=User.Language.RUSSIAN,
        is_staff=True,
    )
    if moderator:
        add_phone(moderator, "+77010000031", Phone.Purpose.MESSENGER)
        moderator.groups.add(moderators())

    administrator = add_person(
        ADMINISTRATOR,
        surname="Омаров",
        first_name="Тимур",
        patronymic="Бауыржанович",
        activity=User.Activity.OTHER,
        language=User.Language.ENGLISH,
        is_staff=True,
        is_superuser=True,
    )
    if administrator:
        add_phone(administrator, "+77010000041", Phone.Purpose.CALLS)


def add_person(email, password=PASSWORD, **fields):
    """The new account, its address verified; None when there is one already."""
    if User.objects.filter(email=email).exists():
        return None
    user = User.objects.create_user(email, password, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    SubjectIdentifier.objects.file(user.subject, "email", email)
    if versions := versions_in_force():
        with translation.override(user.language):
            shown = text_hash(acknowledgement_sentence(versions))
            acknowledge(user.subject, versions, Occasion("sign-up", ""), shown=shown)
    return user


def add_phone(user, number, purpose):
    Phone.objects.create(user=user, number=number, purpose=purpose)


def add_address(user, kind, region, settlement, street, postcode):
    Address.objects.create(
        user=user,
        kind=kind,
        region=region,
        settlement=settlement,
        street=street,
        postcode=postcode,
    )
