"""What pages of ads are made of, in a word: whoever has a page already is told in a moment whether
it is still the same.
"""

import time
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.translation import get_language

from listings.catalogue import current_catalogue
from listings.models import Listing
from privacy.operator import current_operator
from ui.public import etag_of


def etag_of_page(address: str, listings: Iterable[Listing], *made_of) -> str:
    """`listings` with their sellers. What else the page says comes from the catalogue, the operator
    and the software; and from `made_of`, whose words have to be the same each time.
    """
    shown = [(one.pk, one.version, one.seller.changed_at.timestamp()) for one in listings]
    frame = address, get_language(), software(), surroundings()
    return etag_of(repr((frame, shown, made_of)).encode())


def surroundings() -> tuple:
    """What pages show of no ad: the catalogue, the operator, and days that pass in their words."""
    hours = int(time.time()) // 3600
    return current_catalogue().version, words_of(current_operator()), hours


known = {"operator": None, "words": []}


def words_of(operator):
    """Each process keeps the operator for a minute; until then the words need not be asked for."""
    if known["operator"] is not operator:
        fields = operator._meta.concrete_fields
        known["words"] = [str(getattr(operator, field.attname)) for field in fields]
        known["operator"] = operator
    return known["words"]


@cache
def software() -> str:
    """Of all that makes pages; it stays as it was when the process began."""
    root = Path(settings.BASE_DIR)
    folders = [Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == root]
    files = [
        *(path for folder in folders for path in folder.glob("**/*.py")),
        *(root / "templates").glob("**/*.*"),
        *(root / "locale").glob("**/*.mo"),
    ]
    digest = sha256(staticfiles_storage.manifest_hash.encode())
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()
