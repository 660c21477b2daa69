"""What pages of ads are made of, in a word: whoever has a page already is told in a moment whether
it is still the same.
"""

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils import timezone
from django.utils.translation import get_language

from listings.catalogue import current_catalogue
from listings.models import Listing
from privacy.operator import current_operator
from ui.public import etag_of


def etag_of_page(address: str, listings: Iterable[Listing], *made_of) -> str:
    """`listings` with their sellers. What else the page says comes from the catalogue, the operator
    and the software; and from `made_of`, whose words have to be the same each time.
    """
    shown = [(one.pk, one.version, one.is_live, one.seller.changed_at) for one in listings]
    operator = current_operator()
    frame = (
        *(address, get_language(), current_catalogue().version, software()),
        # Days pass in the words of a page.
        timezone.now().strftime("%Y%m%d%H"),
        *(str(getattr(operator, field.attname)) for field in operator._meta.concrete_fields),
    )
    return etag_of(repr((frame, shown, made_of)).encode())


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
