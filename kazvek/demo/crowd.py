"""Any number of sellers and buyers at once, for a very large market: nobody signs in as they."""

from datetime import timedelta
from uuid import UUID, uuid5

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import User
from kazvek.demo import copying
from kazvek.demo.more_sellers import more_sellers
from kazvek.demo.sellers import Trader, seller_of
from privacy.bin import check_digit
from privacy.models import Subject, SubjectIdentifier
from privacy.models.identifiers import digest
from sellers.models import Member, Payment, Phone, Shipping, Verification, WorkingDay
from ui import alphabet

CROWD = UUID("6f1c2b5e-8d0a-4c7b-9a31-52d1e7a0c9f4")
TERMS = ((Shipping, "shipping"), (Payment, "payment"))


def add_people(cursor, kind: str, owners: list[tuple[str, str, str, str]]) -> list[User]:
    """Accounts with these names, whose addresses are verified and whom no password lets in."""
    people = [Subject(pk=uuid5(CROWD, f"{kind} {number}")) for number in range(len(owners))]
    copying.save(cursor, people)
    users = [
        User(
            subject=person,
            email=f"{kind}-{number}@many.example",
            password="!",  # noqa: S106 no password fits
            surname=surname,
            first_name=first_name,
            patronymic=patronymic,
            activity=User.Activity.TRADE,
            language=language,
        )
        for number, (person, (surname, first_name, patronymic, language)) in enumerate(
            zip(people, owners, strict=True)
        )
    ]
    copying.save(cursor, users, numbered=True)
    copying.save(
        cursor,
        [EmailAddress(user=one, email=one.email, verified=True, primary=True) for one in users],
    )
    copying.save(
        cursor,
        [
            SubjectIdentifier(
                subject_id=one.subject_id, kind="email", digest=digest("email", one.email)
            )
            for one in users
        ],
    )
    return users


def add_sellers(cursor, number: int, moderator: User, seed: int) -> list[Trader]:
    demos = more_sellers(range(number), seed)
    owners = add_people(cursor, "trader", [demo.owner for demo in demos])
    sellers = [seller(*each) for each in enumerate(zip(demos, owners, strict=True))]
    copying.save(cursor, sellers, numbered=True)
    both = list(zip(sellers, demos, strict=True))
    of_sellers = [
        [
            Member(seller=one, user=owner, role=Member.Role.OWNER)
            for one, owner in zip(sellers, owners, strict=True)
        ],
        [
            Phone(seller=one, number=f"+7701{place:07}", note=note)
            for place, (one, demo) in enumerate(both)
            for note in demo.phones
        ],
        [
            WorkingDay(seller=one, weekday=day, opens=opens, closes=closes)
            for one, demo in both
            for day, (opens, closes) in demo.hours.items()
        ],
        *(
            [
                model(seller=one, method=method, conditions=conditions)
                for one, demo in both
                for method, conditions in getattr(demo, terms).items()
            ]
            for model, terms in TERMS
        ),
        [
            Verification(
                seller=one, by=moderator, at=one.verified_at, **dict.fromkeys(demo.checked, True)
            )
            for one, demo in both
            if demo.checked
        ],
    ]
    for rows in of_sellers:
        copying.save(cursor, rows)
    return [
        Trader(one, owner.pk, owner.language, demo.sections)
        for (one, demo), owner in zip(both, owners, strict=True)
    ]


def seller(number, of):
    demo, owner = of
    made = seller_of(demo, 0)
    made.created_at = timezone.now() - timedelta(days=45 + number * 53 % 900)
    made.subject_id = None if made.is_company else owner.subject_id
    made.bin = numbered("99125", number) if made.bin else ""
    made.iin = numbered("99123", number) if made.iin else ""
    made.sort_key = alphabet.sort_key(made.name, "kk")
    made.folded_name = alphabet.folded(made.name)[:320]
    made.slug = f"{alphabet.slug(made.name, 60)}-{number + 2}"
    if demo.checked:
        made.verified_at = made.created_at + timedelta(days=3)
    return made


def numbered(beginning, number):
    """Room for the next ones, should a number have no check digit."""
    tried = (f"{beginning}{each:06}" for each in range(10 * number, 10 * number + 10))
    return next(f"{each}{check_digit(each)}" for each in tried if check_digit(each) < 10)
