"""Pictures from strangers: looked at before they are decoded, then built anew from their pixels.

Nothing of the file comes along but what can be seen: no EXIF, XMP, IPTC, colour profile, comment
or thumbnail, nothing behind its end and no name. Of a moving picture the first frame is taken.
"""

import hashlib
import io
import logging
import warnings
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageCms

from listings.models import Photo

log = logging.getLogger(__name__)

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]
MOST_PIXELS = 40_000_000
FEWEST_PIXELS_A_SIDE = 100
# Of the largest file: WebP ends at 16,383 pixels, a screen long before.
HIGHEST = 4096
QUALITY = 82
# Enters the names of files, which are kept for ever: change it with whatever changes them.
RECIPE = "1"

HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
MIRRORED_OR_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SRGB = ImageCms.createProfile("sRGB")

Reason = Photo.Reason

# Pillow asks this for every frame and tile, also of sizes that are not in the header.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class Refused(Exception):
    """The file is no picture we can use."""

    def __init__(self, reason: Photo.Reason):
        self.reason = reason


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


def look(file) -> Image.Image:
    """The picture in this file, by its header alone: nothing is decoded yet. Raises `Refused`."""
    beginning = file.read(32)
    file.seek(0)
    if not beginning:
        raise Refused(Reason.EMPTY)
    if beginning[4:8] == b"ftyp" and beginning[8:12] in HEIC_BRANDS:
        raise Refused(Reason.HEIC)
    try:
        with warnings.catch_warnings():
            # A picture over the limit, which would only be a warning.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise Refused(Reason.LARGE) from bomb
    except Exception as trouble:  # noqa: BLE001 decoders stumble over hostile files in every way
        raise Refused(Reason.FORMAT) from trouble
    if image.width * image.height > MOST_PIXELS:
        raise Refused(Reason.LARGE)
    if min(image.size) < FEWEST_PIXELS_A_SIDE:
        raise Refused(Reason.SMALL)
    return image


def rebuild(file) -> Picture:
    """Raises `Refused`."""
    image = look(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            largest = largest_of(image)
    except Image.DecompressionBombError as bomb:
        raise Refused(Reason.LARGE) from bomb
    except Exception as trouble:  # noqa: BLE001 decoders stumble over hostile files in every way
        log.info("photo cannot be decoded", extra={"reason": type(trouble).__name__})
        raise Refused(Reason.BROKEN) from trouble
    pixels = largest.tobytes()
    recipe = f"{RECIPE} {largest.width}x{largest.height} ".encode()
    return Picture(
        stem=hashlib.sha256(recipe + pixels).hexdigest(),
        width=largest.width,
        height=largest.height,
        files=files_of(largest),
        perceptual_hash=perceptual_hash(largest),
    )


def largest_of(image):
    """What is seen, upright and in sRGB, not larger than the largest file."""
    # Only JPEG can do this: it decodes no more than is needed.
    image.draft(None, (Photo.WIDTHS[-1], Photo.WIDTHS[-1]))
    image.load()
    orientation = image.getexif().get(ExifTags.Base.Orientation)
    profile = image.info.get("icc_profile")
    image = eight_bits(image)
    # The side that will be its width once it is upright.
    is_on_its_side = orientation in (5, 6, 7, 8)
    width, height = reversed(image.size) if is_on_its_side else image.size
    scale = min(1, Photo.WIDTHS[-1] / width, HIGHEST / height)
    if scale < 1:
        size = [max(1, round(side * scale)) for side in image.size]
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2)
    if orientation in MIRRORED_OR_TURNED:
        image = image.transpose(MIRRORED_OR_TURNED[orientation])
    image = in_srgb(on_white(image), profile)
    return Image.frombytes("RGB", image.size, image.tobytes())


def eight_bits(image):
    """In a mode that can be scaled. Pillow itself would cut 16 bits off at white."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L")
    if image.mode in ("1", "P", "PA", "La", "RGBa"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.has_transparency_data and image.mode in ("L", "RGB"):
        return image.convert("RGBA")  # one colour of it counts as transparent
    return image


def on_white(image):
    if image.mode not in ("RGBA", "LA"):
        return image
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def in_srgb(image, profile):
    if profile:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, given, SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile of other colours, or of none: as if it were not there
    return image.convert("RGB")


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
