"""Pictures from strangers. What is kept is what can be seen, and nothing else."""

import io
import struct
import zlib
from contextlib import suppress

import pytest
from PIL import Image, ImageCms

from listings.models import Photo
from listings.pictures import rebuild
from tests.listings.photos.pictures import SECRET, drawing, picture
from ui.pictures import Refused

KINDS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]
RED, GREEN, BLUE = (255, 0, 0), (0, 128, 0), (0, 0, 255)


def rebuilt(content):
    return rebuild(io.BytesIO(content))


def refusal(content):
    with pytest.raises(Refused) as refused:
        rebuilt(content)
    return refused.value.reason


def seen(rebuilt, kind="jpg"):
    return Image.open(io.BytesIO(rebuilt.files[rebuilt.width, kind])).convert("RGB")


def is_near(pixel, wanted):
    return all(abs(one - other) < 12 for one, other in zip(pixel, wanted, strict=True))


def parts_of_jpeg(content):
    """The markers before the picture itself."""
    at, found = 2, []
    while content[at + 1] != 0xDA:
        marker, length = content[at + 1], struct.unpack(">H", content[at + 2 : at + 4])[0]
        found.append((marker, content[at + 4 : at + 2 + length]))
        at += 2 + length
    return found


def parts_of_webp(content):
    assert content[:4] == b"RIFF"
    assert content[8:12] == b"WEBP"
    assert struct.unpack("<I", content[4:8])[0] == len(content) - 8
    at, found = 12, []
    while at < len(content):
        length = struct.unpack("<I", content[at + 4 : at + 8])[0]
        found.append(content[at : at + 4])
        at += 8 + length + length % 2
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_no_metadata_of_any_kind_is_left_of_any_format(kind):
    content = picture(kind)
    assert SECRET.encode() in content or kind == "PNG"

    files = rebuilt(content).files

    assert len(files) == 8
    for (_width, written), file in files.items():
        assert SECRET.encode() not in file
        if written == "jpg":
            markers = parts_of_jpeg(file)
            # Tables and frames, and of the rest only JFIF's own fourteen bytes without thumbnail.
            assert {marker for marker, _ in markers} <= {0xE0, 0xDB, 0xC2, 0xC4}
            [jfif] = [body for marker, body in markers if marker == 0xE0]
            assert (jfif[:5], jfif[12:]) == (b"JFIF\0", b"\0\0")
            assert file.endswith(b"\xff\xd9")
        else:
            assert parts_of_webp(file) == [b"VP8 "]
        image = Image.open(io.BytesIO(file))
        assert not image.getexif()
        assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density",
                                     "progressive", "progression", "loop", "background",
                                     "timestamp", "duration"}  # fmt: skip


@pytest.mark.clause("P3.3b")
def test_of_a_picture_nothing_is_kept_but_its_files_its_size_and_a_hash_of_the_whole():
    kept = vars(rebuilt(picture()))

    assert kept.keys() == {"stem", "width", "height", "files", "perceptual_hash"}
    assert -(2**63) <= kept["perceptual_hash"] < 2**63
    columns = {field.name for field in Photo._meta.local_concrete_fields}
    assert columns == {
        *("id", "listing", "state", "reason", "upload", "file_name", "attempts", "tried_at"),
        *("stem", "widths", "width", "height", "perceptual_hash", "uploaded_at"),
    }


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_stands_upright_however_the_camera_was_held(kind, orientation):
    # How the camera stores what `drawing` shows.
    stored = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    image = drawing((400, 300))
    for step in stored.get(orientation, []):
        image = image.transpose(step)

    upright = seen(rebuilt(picture(kind, image, orientation=orientation)))

    assert upright.size == (400, 300)
    corners = [(20, 20), (380, 20), (20, 280)]
    for place, colour in zip(corners, [BLUE, RED, GREEN], strict=True):
        assert is_near(upright.getpixel(place), colour)


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((120, 100), [120]),
        ((320, 240), [208, 320]),
        ((700, 500), [208, 320, 640, 700]),
        ((1280, 900), [208, 320, 640, 1280]),
        ((1920, 1080), [208, 320, 640, 1280, 1920]),
        ((4000, 3000), [208, 320, 640, 1280, 1920]),
    ],
)
def test_widths_are_made_without_enlarging(size, widths):
    made = rebuilt(picture(image=drawing(size)))

    assert made.widths == widths
    assert made.width == widths[-1]
    assert abs(made.width / made.height - size[0] / size[1]) < 0.01
    for (width, _kind), file in made.files.items():
        assert Image.open(io.BytesIO(file)).width == width


def test_a_very_tall_picture_still_makes_files_of_both_kinds():
    made = rebuilt(picture("PNG", drawing((300, 20_000))))

    assert made.height == 4096
    assert made.width == round(300 * 4096 / 20_000)


def test_transparency_lies_on_white():
    clear = Image.new("RGBA", (200, 200), (255, 0, 0, 0))
    half = Image.new("RGBA", (200, 200), (255, 0, 0, 128))
    palette = Image.new("P", (200, 200), 0)
    palette.putpalette([255, 0, 0, 0, 0, 255])
    for content, colour in (
        (picture("PNG", clear), (255, 255, 255)),
        (picture("WEBP", clear, lossless=True), (255, 255, 255)),
        (picture("PNG", half), (255, 127, 127)),
        (picture("PNG", palette, transparency=0), (255, 255, 255)),
        (picture("GIF", palette, transparency=0), (255, 255, 255)),
        (picture("PNG", Image.new("LA", (200, 200), (0, 0))), (255, 255, 255)),
        (picture("PNG", Image.new("L", (200, 200), 9), transparency=9), (255, 255, 255)),
        (picture("PNG", Image.new("RGB", (200, 200), RED), transparency=RED), (255, 255, 255)),
    ):
        assert is_near(seen(rebuilt(content)).getpixel((100, 100)), colour)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK"])
def test_pictures_of_other_modes_are_shown_as_they_look(mode):
    image = Image.new("RGB", (300, 200), "red" if mode in ("P", "CMYK") else "white").convert(mode)

    made = seen(rebuilt(picture("JPEG" if mode == "CMYK" else "PNG", image)))

    assert is_near(made.getpixel((200, 100)), image.convert("RGB").getpixel((0, 0)))


def test_sixteen_bits_are_scaled_not_cut_off():
    grey = Image.new("I;16", (200, 200), 0x8000)

    made = seen(rebuilt(picture("PNG", grey)))

    assert is_near(made.getpixel((100, 100)), (128, 128, 128))


def test_a_colour_profile_is_applied_before_it_is_dropped():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (lab, b"no profile at all"):
        made = seen(rebuilt(picture(icc_profile=profile)))
        assert is_near(made.getpixel((700, 500)), GREEN)

    # The same numbers mean another colour under a profile with another curve.
    linear = linear_profile()
    grey = Image.new("RGB", (200, 200), (128, 128, 128))
    assert is_near(
        seen(rebuilt(picture("PNG", grey, icc_profile=linear))).getpixel((9, 9)), (188,) * 3
    )


def linear_profile():
    """sRGB's own profile with its curves made straight."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for at in range(132, 132 + 12 * struct.unpack(">I", profile[128:132])[0], 12):
        tag, offset, size = struct.unpack(">4sII", profile[at : at + 12])
        if tag in (b"rTRC", b"gTRC", b"bTRC"):
            curve = b"curv" + bytes(8)
            profile[offset : offset + size] = curve + bytes(size - len(curve))
    return bytes(profile)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_shown(kind):
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("red", "blue", "green")]

    made = rebuilt(picture(kind, frames[0], save_all=True, append_images=frames[1:], duration=50))

    assert is_near(seen(made).getpixel((100, 100)), RED)
    assert parts_of_webp(made.files[200, "webp"]) == [b"VP8 "]


def png_of(width, height, data=b""):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", data), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def chunk(kind, body):
    checksum = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + checksum


@pytest.mark.parametrize(
    "size", [(8000, 5001), (20_000, 20_000), (100_000, 100_000), (2**31 - 1, 9)]
)
def test_a_bomb_is_refused_by_its_header(size, monkeypatch):
    decoded = []
    monkeypatch.setattr(Image.Image, "load", lambda image: decoded.append(image))

    assert refusal(png_of(*size, zlib.compress(bytes(1_000_000)))) == Photo.Reason.LARGE
    assert decoded == []


def test_a_frame_that_is_larger_than_its_header_says_is_refused():
    gif = bytearray(picture("GIF", Image.new("P", (200, 200))))
    at = gif.index(b",\0\0\0\0\xc8\0\xc8\0")
    gif[at + 5 : at + 9] = b"\xff\xff\xff\xff"

    assert refusal(bytes(gif)) in (Photo.Reason.LARGE, Photo.Reason.BROKEN)


def test_texts_that_unpack_without_end_are_refused():
    text = chunk(b"zTXt", b"Author\0\0" + zlib.compress(bytes(50_000_000), 9))
    content = picture("PNG")

    assert refusal(content[:33] + text + content[33:]) in (
        Photo.Reason.FORMAT,
        Photo.Reason.BROKEN,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_cut_off_is_refused(kind):
    content = picture(kind)

    for part in (0.9, 0.5):
        assert refusal(content[: int(len(content) * part)]) in (
            Photo.Reason.BROKEN,
            Photo.Reason.FORMAT,
        )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.proof
def test_damage_anywhere_is_a_reason_and_never_an_error(kind):
    content = picture(kind)

    for at in range(8, len(content), max(1, len(content) // 40)):
        damaged = bytearray(content)
        damaged[at : at + 4] = b"\xff\x00\xff\xff"
        with suppress(Refused):
            rebuilt(bytes(damaged))


@pytest.mark.parametrize(
    "tail", [b"<?php system($_GET['x']); ?>", b"PK\x03\x04 a zip", b"%PDF-1.7"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_of_a_file_that_is_two_things_only_the_picture_is_left(kind, tail):
    files = rebuilt(picture(kind) + tail).files

    assert all(tail not in file for file in files.values())


def tiff():
    written = io.BytesIO()
    drawing().save(written, "TIFF")
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Photo.Reason.EMPTY),
        (b"not a picture", Photo.Reason.FORMAT),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", Photo.Reason.FORMAT),
        (b"<?xml version='1.0'?><svg/>", Photo.Reason.FORMAT),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 200 200\n", Photo.Reason.FORMAT),
        (b"%PDF-1.7\n%%EOF", Photo.Reason.FORMAT),
        (b"<html><script>x</script>", Photo.Reason.FORMAT),
        (b"GIF89a<script>x</script>", Photo.Reason.FORMAT),
        (b"BM" + bytes(60), Photo.Reason.FORMAT),
        (tiff(), Photo.Reason.FORMAT),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), Photo.Reason.HEIC),
        (picture(image=drawing((99, 400))), Photo.Reason.SMALL),
        (picture(image=drawing((1, 1))), Photo.Reason.SMALL),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_photo_is_refused_whatever_it_calls_itself(content, reason):
    assert refusal(content) == reason


def test_the_same_picture_has_the_same_names_and_another_has_others():
    assert rebuilt(picture("PNG")).stem == rebuilt(picture("PNG", orientation=1)).stem
    assert rebuilt(picture("PNG")).stem != rebuilt(picture("PNG", drawing((801, 600)))).stem


def test_the_hash_knows_a_picture_that_was_saved_another_way():
    one = rebuilt(picture("JPEG", drawing((1600, 1200)), quality=95)).perceptual_hash

    assert rebuilt(picture("WEBP", drawing((700, 525)), quality=50)).perceptual_hash == one
    turned = drawing((1600, 1200)).rotate(180)
    assert rebuilt(picture("JPEG", turned)).perceptual_hash != one
    assert rebuilt(picture("PNG", Image.new("RGB", (200, 200), "red"))).perceptual_hash is None
