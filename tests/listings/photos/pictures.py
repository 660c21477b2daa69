"""Pictures as strangers send them, made on the spot: `picture("PNG", mode="P")`."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

SECRET = "Tauelsizdik 17, Aigul, 53.2145 N"


def drawing(size=(800, 600), mode="RGB"):
    """Not the same when it is turned or mirrored: red above, a blue corner at the top left."""
    image = Image.new("RGB", size, "green")
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((0, 0, width, height // 4), fill="red")
    draw.rectangle((0, 0, width // 4, height // 4), fill="blue")
    return image.convert(mode)


def picture(kind="JPEG", image=None, **options):
    """The bytes of a file that tells everything a file can tell about its maker."""
    image = image or drawing()
    said = options.pop("words", SECRET)
    exif = Image.Exif()
    exif[0x010F] = exif[0x9C9D] = exif[0x010E] = said
    exif[0x0112] = options.pop("orientation", 1)
    exif.get_ifd(0x8825).update({1: "N", 2: (53.0, 12.0, 52.0)})
    told = {"exif": exif, "xmp": f"<x:xmpmeta>{said}</x:xmpmeta>".encode()}
    if image.mode in ("RGB", "RGBA"):
        told["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    match kind:
        case "JPEG":
            told["comment"] = said.encode()
        case "PNG":
            words = PngImagePlugin.PngInfo()
            words.add_text("Author", said)
            words.add_itxt("XML:com.adobe.xmp", f"<x>{said}</x>", zip=True)
            told = {"exif": exif, "pnginfo": words, "icc_profile": told.get("icc_profile")}
        case "GIF":
            told = {"comment": said.encode()}
    written = io.BytesIO()
    image.save(written, kind, **told | options)
    return written.getvalue()


def sent(content, name="photo.jpg", content_type="image/jpeg"):
    return SimpleUploadedFile(name, content, content_type)
