"""A seller's logo: from what was uploaded to what is shown."""

import hashlib
import io

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image

from sellers.models import Logo, Seller
from ui.pictures import Refused, pixels_of

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 16_000_000
FEWEST_PIXELS_A_SIDE = 64
QUALITY = 85
# Enters the names of files, which are kept for ever: change it with whatever changes them.
RECIPE = "logo 1"

REASONS = {
    "empty": _("The file is empty. Choose it once more."),
    "heavy": _("The file is larger than 5 MB. Save it smaller, then add it again."),
    "format": _("This is no picture in JPEG, PNG, WebP, GIF or AVIF."),
    "heic": _("Pictures in the format HEIC cannot be read here. Save it as JPEG or PNG."),
    "large": _("The picture has more than 16 megapixels. Save it smaller, then add it again."),
    "small": _("The picture is too small: each side needs 64 pixels or more."),
    "broken": _("The file is damaged or did not arrive whole. Add it once more."),
}


def read(file) -> Image.Image:
    """The logo in the middle of a white square. Raises `Refused`."""
    if file.size > MOST_BYTES:
        raise Refused("heavy")
    side = Logo.SIDES[-1]
    picture = pixels_of(file, side, side, MOST_PIXELS, FEWEST_PIXELS_A_SIDE)
    square = Image.new("RGB", (max(picture.size),) * 2, "white")
    square.paste(picture, tuple((square.width - length) // 2 for length in picture.size))
    return square


def keep(seller: Seller, square: Image.Image) -> None:
    recipe = f"{RECIPE} {square.width} ".encode()
    stem = hashlib.sha256(recipe + square.tobytes()).hexdigest()
    files = {
        f"{kind}_{side}": saved(square, side, kind) for side in Logo.SIDES for kind in Logo.KINDS
    }
    with transaction.atomic():
        seller = Seller.objects.select_for_update().get(pk=seller.pk)
        Logo.objects.update_or_create(seller=seller, defaults={"stem": stem, **files})
        seller.logo = stem
        seller.save(update_fields=["logo", "changed_at"])


def remove(seller: Seller) -> None:
    with transaction.atomic():
        seller = Seller.objects.select_for_update().get(pk=seller.pk)
        Logo.objects.filter(seller=seller).delete()
        seller.logo = ""
        seller.save(update_fields=["logo", "changed_at"])


def saved(square, side, kind):
    """Never enlarged."""
    side = min(side, square.width)
    written = io.BytesIO()
    small = square.resize((side, side), Image.Resampling.LANCZOS)
    small.save(written, {"jpg": "JPEG"}.get(kind, "WEBP"), quality=QUALITY)
    return written.getvalue()
