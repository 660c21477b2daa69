"""A photo of an ad in its widths, built anew from its pixels; see ui/pictures.py."""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image

from listings.models import Photo
from ui.pictures import pixels_of

# Of the largest file: WebP ends at 16,383 pixels, a screen long before.
HIGHEST = 4096
QUALITY = 82
# Enters the names of files, which are kept for ever: change it with whatever changes them.
RECIPE = "2"


@dataclass(frozen=True)
class Picture:
    stem: str
    width: int
    height: int
    # By width and kind.
    files: dict[tuple[int, str], bytes]
    perceptual_hash: int | None

    @property
    def widths(self):
        return sorted({width for width, _kind in self.files})


def rebuild(file) -> Picture:
    """Raises `Refused`."""
    largest = pixels_of(file, Photo.WIDTHS[-1], HIGHEST)
    pixels = largest.tobytes()
    recipe = f"{RECIPE} {largest.width}x{largest.height} ".encode()
    return Picture(
        stem=hashlib.sha256(recipe + pixels).hexdigest()[:32],
        width=largest.width,
        height=largest.height,
        files=files_of(largest),
        perceptual_hash=perceptual_hash(largest),
    )


def files_of(largest):
    """Never enlarged: the largest is as wide as the picture itself, if that is less."""
    widths = [width for width in Photo.WIDTHS if width < largest.width] + [largest.width]
    files = {}
    for width in widths:
        size = (width, max(1, round(largest.height * width / largest.width)))
        scaled = largest.resize(size, Image.Resampling.LANCZOS)
        files[width, "webp"] = saved(scaled, "WEBP", method=4)
        files[width, "jpg"] = saved(scaled, "JPEG", optimize=True, progressive=True)
    return files


def saved(image, kind, **options):
    written = io.BytesIO()
    image.save(written, kind, quality=QUALITY, **options)
    return written.getvalue()


def perceptual_hash(image) -> int | None:
    """Where in a grid of 9 by 8 it grows lighter to the right, as a signed number of 64 bits.

    It tells a picture saved again from another one, and nothing about what or who is in it.
    """
    grey = image.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            left, right = grey[row * 9 + column], grey[row * 9 + column + 1]
            bits = bits << 1 | (left < right)
    if bits == 0:
        return None
    return bits - 2**64 if bits >= 2**63 else bits
