"""Any number of sellers and buyers at once, for a very large market: nobody signs in as they."""

from datetime import timedelta
from uuid import UUID, uuid5

from allauth.account.models import EmailAddress
from django.utils import timezone, translation

from accounts.models import User
from kazvek.demo import copying
from kazvek.demo.more_sellers import more_sellers
from kazvek.demo.sellers import Trader, seller_of
from privacy.acknowledgements import versions_in_force
from privacy.bin import check_digit
from privacy.ledger import Occasion, following
from privacy.models import ConsentChain, ConsentEntry, Subject, SubjectIdentifier
from privacy.models.identifiers import digest
from privacy.purposes import Basis
from privacy.sentences import acknowledgement_sentence
from sellers.models import Member, Payment, Phone, Shipping, Verification, WorkingDay
from ui import alphabet

CROWD = UUID("6f1c2b5e-8d0a-4c7b-9a31-52d1e7a0c9f4")
TERMS = ((Shipping, "shipping"), (Payment, "payment"))


def add_people(
    cursor, kind: str, first: int, owners: list[tuple[str, str, str, str]]
) -> tuple[list[User], list[ConsentChain]]:
    """Accounts with these names, whose addresses are verified and whom no password lets in.

    The caller saves the chains of their consents, which may have grown by then.
    """
    people = [Subject(pk=uuid5(CROWD, f"{kind} {first + place}")) for place in range(len(owners))]
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
            date_joined=joined_at(number),
        )
        for number, (person, (surname, first_name, patronymic, language)) in enumerate(
            zip(people, owners, strict=True), first
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
    chains, entries = acknowledged(users)
    copying.save(cursor, entries)
    return users, chains


def already(kind: str) -> int:
    """How many of them there are: the next ones are called by the numbers behind."""
    return User.objects.filter(email__regex=rf"^{kind}-\d+@many\.example$").count()


def joined_at(number):
    return timezone.now() - timedelta(days=45 + number * 53 % 900)


def acknowledged(users):
    """As `privacy.acknowledgements` records it at the sign-up."""
    versions, occasion = versions_in_force(), Occasion("sign-up", "")
    sentences = {}
    chains, entries = [], []
    for user in users:
        chain = ConsentChain(subject_id=user.subject_id)
        with translation.override(user.language):
            if user.language not in sentences:
                sentences[user.language] = acknowledgement_sentence(versions)
            for version in versions:
                entry = following(
                    chain,
                    ConsentEntry.Act.ACKNOWLEDGED,
                    occasion,
                    basis=Basis.CONTRACT,
                    version=version,
                    sentence=sentences[user.language],
                    at=user.date_joined,
                )
                chain.end_with(entry)
                entries.append(entry)
        chains.append(chain)
    return chains, entries


def add_sellers(cursor, number: int, moderator: User, seed: int) -> list[Trader]:
    first = already("trader")
    demos = more_sellers(range(first, first + number), seed)
    owners, chains = add_people(cursor, "trader", first, [demo.owner for demo in demos])
    copying.save(cursor, chains)
    sellers = [seller(*each) for each in enumerate(zip(demos, owners, strict=True), first)]
    judge_one_by_one(cursor, "DISABLE")
    copying.save(cursor, sellers, numbered=True)
    both = list(zip(sellers, demos, strict=True))
    of_sellers = [
        [
            Member(seller=one, user=owner, role=Member.Role.OWNER)
            for one, owner in zip(sellers, owners, strict=True)
        ],
        [
            Phone(seller=one, number=f"+7701{place:07}", note=note)
            for place, (one, demo) in enumerate(both, first)
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
    judge_one_by_one(cursor, "ENABLE")
    cursor.execute("ANALYZE accounts_user, sellers_seller, sellers_member")
    cursor.execute("SELECT listings_judge_sellers(%s)", [[one.pk for one in sellers]])
    return [
        Trader(one, owner.pk, owner.language, demo.sections)
        for (one, demo), owner in zip(both, owners, strict=True)
    ]


def judge_one_by_one(cursor, act):
    """Whether a seller is public: with each of their rows, or once for all of them."""
    for table in ("sellers_seller", "sellers_member"):
        cursor.execute(f"ALTER TABLE {table} {act} TRIGGER seller_seen")


def seller(number, of):
    demo, owner = of
    made = seller_of(demo, 0)
    made.created_at = joined_at(number)
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
