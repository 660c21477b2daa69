"""Pictures for demo ads: the sign of the trade on a calm ground, drawn once and shared by many."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageChops, ImageDraw

from kazvek.demo.outlines import outlines
from listings.models import Photo

WIDTH, HEIGHT = 1280, 960
WIDTHS = [208, 320, 640, 1280]
# Another way of drawing gives other files.
EDITION = 2
# Sky, ground, sign: of a grain field, a pasture, a yard of machines, a store, a works, water.
MOODS = {
    "field": ("#e6dcc0", "#cdb57c", "#6d5522"),
    "pasture": ("#dbe3d3", "#9fb48d", "#3f5a35"),
    "yard": ("#d5dde2", "#a9b3b6", "#35474f"),
    "store": ("#e4dbd0", "#c0aa92", "#614a36"),
    "works": ("#d9dbe0", "#a4a9b5", "#3a4258"),
    "water": ("#d6e2e6", "#97b4bd", "#2d5563"),
}
MOOD_OF = {
    "grain-oilseeds-pulses": "field",
    "seeds-agrochemicals": "pasture",
    "livestock-feed": "pasture",
    "food-produce": "store",
    "agricultural-machinery": "field",
    "construction-machinery": "yard",
    "trucks-trailers": "yard",
    "spare-parts": "works",
    "fuel-chemicals": "water",
    "metal": "works",
    "industrial-equipment": "works",
    "building-materials-packaging": "store",
    "land-property": "pasture",
    "services": "water",
}
# What else stands there.
BESIDE = {
    "field": ["warehouse", "truck", "scale"],
    "pasture": ["fence", "trees", "warehouse"],
    "yard": ["warehouse", "file-check", "gauge"],
    "store": ["warehouse", "truck", "scale"],
    "works": ["package", "file-check", "ruler"],
    "water": ["truck", "file-check", "gauge"],
}


def photos_of(rng, listing, leaf, section) -> list[Photo]:
    """The sign of the category first, then what else may stand there."""
    mood = MOOD_OF[section.slug]
    signs = [leaf.icon, *rng.sample(BESIDE[mood], rng.choice([0, 1, 1, 2, 3]))]
    return [photo_of(sign, mood, listing) for sign in dict.fromkeys(signs)]


def photo_of(sign, mood, listing) -> Photo:
    photo = Photo(
        listing=listing,
        state=Photo.State.READY,
        stem=hashlib.sha256(f"demo {EDITION} {sign} {mood}".encode()).hexdigest()[:32],
        widths=WIDTHS,
        width=WIDTH,
        height=HEIGHT,
        uploaded_at=listing.created_at,
    )
    photo.shows = sign, mood  # for whoever draws it; not kept
    return photo


def draw_missing(photos: list[Photo]) -> None:
    """The files of these photos, of which many show the same."""
    different = {photo.stem: photo for photo in photos}
    with ThreadPoolExecutor() as pool:
        list(pool.map(make, (one for one in different.values() if not is_there(one))))


def is_there(photo):
    """The last file that is written of it."""
    return default_storage.exists(photo.path(WIDTHS[-1], "jpg"))


def make(photo):
    sign, mood = photo.shows
    picture = draw(sign, *MOODS[mood])
    for width in WIDTHS:
        small = picture.resize((width, width * HEIGHT // WIDTH), Image.Resampling.BOX)
        for kind, options in (("webp", {"quality": 72, "method": 0}), ("jpg", {"quality": 76})):
            file = io.BytesIO()
            small.save(file, {"jpg": "JPEG"}.get(kind, "WEBP"), **options)
            path = photo.path(width, kind)
            default_storage.delete(path)
            default_storage.save(path, ContentFile(file.getvalue()))


def draw(sign, sky, ground, ink) -> Image.Image:
    picture = Image.new("RGB", (WIDTH, HEIGHT), sky)
    pen = ImageDraw.Draw(picture)
    horizon = HEIGHT * 70 // 100
    pen.rectangle((0, horizon, WIDTH, HEIGHT), fill=ground)
    # The ruler of the portal, along the edge of the ground.
    for number, x in enumerate(range(0, WIDTH, 32)):
        pen.line((x, horizon, x, horizon + (28 if number % 5 == 0 else 14)), fill=sky, width=3)
    size = HEIGHT * 66 // 100
    shape = mask(sign, size)
    place = ((WIDTH - size) // 2, horizon - size * 22 // 24 + 26)
    picture.paste(Image.new("RGB", shape.size, ink), place, shape)
    return picture


def mask(sign, size):
    """The sign in white on black; drawn twice as large, for smooth edges."""
    large = 2 * size
    scale = large / 24
    lines, is_solid = outlines(sign)
    shape = Image.new("1" if is_solid else "L", (large, large), 0)
    for line in lines:
        points = [(point.real * scale, point.imag * scale) for point in line]
        if is_solid:
            # What lies inside another outline is a hole in it.
            part = Image.new("1", shape.size, 0)
            if len(points) > 2:
                ImageDraw.Draw(part).polygon(points, fill=1)
            shape = ImageChops.logical_xor(shape, part)
        else:
            pen, width = ImageDraw.Draw(shape), round(1.5 * scale)
            pen.line(points, fill=255, width=width, joint="curve")
            for x, y in (points[0], points[-1]):
                pen.circle((x, y), width / 2 - 0.5, fill=255)
    return shape.convert("L").resize((size, size), Image.Resampling.LANCZOS)
