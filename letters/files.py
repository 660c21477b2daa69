import re
from email import message_from_bytes, policy
from itertools import count
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.text import slugify

HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Date")


class FileMailer(BaseEmailBackend):
    """Letters as files one can read: text with the main headers, HTML and attachments beside."""

    def send_messages(self, messages):
        for message in messages:
            write(message_from_bytes(message.message().as_bytes(), policy=policy.default))
        return len(messages)


def write(message):
    folder = Path(settings.LETTERS_FOLDER)
    # Links in letters open accounts.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = publish(folder, stem_of(message), ".txt", as_text(message).encode())
    if html := message.get_body(("html",)):
        publish(folder, stem, ".html", html.get_content().encode())
    for attachment in message.iter_attachments():
        name = Path(attachment.get_filename() or "attachment.bin")
        extension = re.sub(r"[^.\w]", "", name.suffix)[:10]
        content = attachment.get_payload(decode=True) or b""
        publish(folder, f"{stem}-{slug(name.stem)}", extension, content)


def stem_of(message):
    """The local time and the subject, less any address in it."""
    words = re.sub(r"\S*@\S*", "", message["Subject"] or "")
    return f"{timezone.localtime():%Y%m%d-%H%M%S}-{slug(words) or 'letter'}"


def slug(words):
    return slugify(words, allow_unicode=True)[:60].strip("-")


def as_text(message):
    # The value of a folded header begins with the space that stood before the fold.
    headers = [f"{name}: {message[name].strip()}" for name in HEADERS if message[name]]
    headers += [
        f"Attachment: {attachment.get_filename()}" for attachment in message.iter_attachments()
    ]
    text = message.get_body(("plain",))
    return "\n".join([*headers, "", text.get_content() if text else ""]).replace("\r\n", "\n")


def publish(folder, stem, extension, content):
    """Write the file whole or not at all, never over another one; the stem it got."""
    with NamedTemporaryFile(dir=folder, prefix=".") as file:
        file.write(content)
        file.flush()
        numbers = count(2)
        free = stem
        while True:
            try:
                (folder / f"{free}{extension}").hardlink_to(file.name)
            except FileExistsError:
                free = f"{stem}-{next(numbers)}"
            else:
                return free
