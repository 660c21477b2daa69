import pytest

from privacy.documents import content_digest, publish
from privacy.ledger import Occasion
from privacy.models import Clause, ControllerIdentity, Document, Subject, Version

MAILINGS = ["news", "promotions", "offers", "group"]


@pytest.fixture
def subject(db):
    return Subject.objects.create()


@pytest.fixture
def occasion():
    return Occasion("test form", "Yes", network="203.0.113.0/24", browser="Firefox")


@pytest.fixture
def operator(db):
    return ControllerIdentity.objects.get_or_create(
        defaults={
            "name": "VECTOR'KZ",
            "bin": "990140000029",
            "address_kk": "Қостанай",
            "address_ru": "Костанай",
            "address_en": "Kostanay",
            "email": "support@kazvek.com",
            "phone": "+77142000000",
            "website": "https://kazvek.com/",
            "data_protection_contact": "privacy@kazvek.com",
            "supervisory_authority_kk": "Уәкілетті орган",
            "supervisory_authority_ru": "Уполномоченный орган",
            "supervisory_authority_en": "The authorised body",
        }
    )[0]


@pytest.fixture
def publish_version(operator):
    """A new version in force: `publish_version("privacy", is_material=True)`."""

    def make(
        slug="privacy", *, is_material=False, purposes=MAILINGS, suspended=(), effective_at=None
    ):
        document, _ = Document.objects.get_or_create(slug=slug)
        words = {f"{name}_{code}": "x" for name in ("title", "summary") for code in LANGUAGES}
        draft = Version.objects.create(document=document, **words)
        for number, purpose in enumerate(["", *purposes], start=1):
            Clause.objects.create(
                version=draft,
                number=str(number),
                purposes=[purpose] if purpose else [],
                is_suspended=purpose in suspended,
                **{f"text_{code}": f"Clause {number}" for code in LANGUAGES},
            )
        return publish(
            draft,
            as_seen=content_digest(draft),
            is_material=is_material,
            effective_at=effective_at,
        )

    return make


@pytest.fixture
def policy(publish_version):
    return publish_version("privacy")


LANGUAGES = ["kk", "ru", "en"]
