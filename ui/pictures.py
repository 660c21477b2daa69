"""Pictures from strangers: looked at before they are decoded, then built anew from their pixels.

Nothing of the file comes along but what can be seen: no EXIF, XMP, IPTC, colour profile, comment
or thumbnail, nothing behind its end and no name. Of a moving picture the first frame is taken.
"""

import io
import logging
import warnings

from PIL import ExifTags, Image, ImageCms

log = logging.getLogger(__name__)

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]
MOST_PIXELS = 40_000_000
FEWEST_PIXELS_A_SIDE = 100

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

# Pillow asks this for every frame and tile, also of sizes that are not in the header.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class Refused(Exception):
    """The file is no picture we can use: `empty`, `heavy`, `format`, `heic`, `large`, `small` or
    `broken`.
    """

    def __init__(self, reason: str):
        self.reason = reason


def look(
    file, most_pixels: int = MOST_PIXELS, fewest_a_side: int = FEWEST_PIXELS_A_SIDE
) -> Image.Image:
    """The picture in this file, by its header alone: nothing is decoded yet. Raises `Refused`."""
    beginning = file.read(32)
    file.seek(0)
    if not beginning:
        raise Refused("empty")
    if beginning[4:8] == b"ftyp" and beginning[8:12] in HEIC_BRANDS:
        raise Refused("heic")
    try:
        with warnings.catch_warnings():
            # A picture over the limit, which would only be a warning.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise Refused("large") from bomb
    except Exception as trouble:  # decoders stumble over hostile files in every way
        raise Refused("format") from trouble
    if image.width * image.height > most_pixels:
        raise Refused("large")
    if min(image.size) < fewest_a_side:
        raise Refused("small")
    return image


def pixels_of(
    file,
    widest: int,
    highest: int,
    most_pixels: int = MOST_PIXELS,
    fewest_a_side: int = FEWEST_PIXELS_A_SIDE,
) -> Image.Image:
    """What is seen of it, upright, on white and in sRGB, not larger than this. Raises `Refused`."""
    image = look(file, most_pixels, fewest_a_side)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return rebuilt(image, widest, highest)
    except Image.DecompressionBombError as bomb:
        raise Refused("large") from bomb
    except Exception as trouble:  # decoders stumble over hostile files in every way
        log.info("picture cannot be decoded", extra={"reason": type(trouble).__name__})
        raise Refused("broken") from trouble


def rebuilt(image, widest, highest):
    # Only JPEG can do this: it decodes no more than is needed.
    image.draft(None, (widest, widest))
    image.load()
    orientation = image.getexif().get(ExifTags.Base.Orientation)
    profile = image.info.get("icc_profile")
    image = eight_bits(image)
    # The side that will be its width once it is upright.
    is_on_its_side = orientation in (5, 6, 7, 8)
    width, height = reversed(image.size) if is_on_its_side else image.size
    scale = min(1, widest / width, highest / height)
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
