"""The mail server that keeps the mailbox, as far as the portal needs it."""

import imaplib
import re
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils import timezone
from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

# What goes wrong while the server is away, refuses us or talks nonsense.
AWAY = (OSError, EOFError, imaplib.IMAP4.error, ImapToolsError)

SECONDS = 20
# Of each message only its beginning is fetched: headers and words come before attachments.
BYTES = 512 * 1024
# At the first look, and when the server has numbered everything anew.
LOOKS_BACK = timedelta(days=30)
# Where what needs nobody is moved, if the mailbox has such a folder.
DONE = "Done"
MESSAGES_A_LIST = 500

CLASSES = {"imaps": MailBox, "imap+tls": MailBoxStartTls, "imap": MailBoxUnencrypted}
PORTS = {"imaps": 993, "imap+tls": 143, "imap": 143}


@dataclass(frozen=True)
class Listed:
    uid: int
    size: int
    received_at: datetime


class Connection:
    def __init__(self, box, generation):
        self.box = box
        self.generation = generation

    def list_after(self, uid: int, *, since: bool) -> list[Listed]:
        """The first of what came after this number; `since` leaves out what is old."""
        criteria = f"UID {uid + 1}:*"
        if since:
            # Not by strftime, which would write the month in another language.
            day = timezone.now() - LOOKS_BACK
            criteria += f" SINCE {day.day:02}-{MONTHS[day.month - 1]}-{day.year}"
        # The last message always answers to "n:*".
        uids = sorted(found for found in map(int, self.box.uids(criteria)) if found > uid)
        if not uids:
            return []
        wanted = ",".join(map(str, uids[:MESSAGES_A_LIST]))
        answer = self.ask("FETCH", wanted, "(UID RFC822.SIZE INTERNALDATE)")
        return sorted(filter(None, map(listed, answer)), key=lambda found: found.uid)

    def fetch(self, uid: int) -> bytes | None:
        """The beginning of the message, or None when it lies there no more."""
        answer = self.ask("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{BYTES}>)")
        for part in answer:
            if isinstance(part, tuple):
                return part[1]
        return b"" if any(part and b"BODY[]" in part for part in answer) else None

    def put_away(self, uids: list[int]):
        """Out of sight of those who read the mailbox: there is nothing to do."""
        wanted = list(map(str, uids))
        if wanted and self.box.folder.exists(DONE):
            self.box.move(wanted, DONE)
        elif wanted:
            self.ask("STORE", ",".join(wanted), "+FLAGS", r"(\Seen)")

    def point_out(self, uids: list[int]):
        if uids:
            self.ask("STORE", ",".join(map(str, uids)), "+FLAGS", r"(\Flagged)")

    def ask(self, *words):
        # Past imap_tools, which fetches whole messages and empties the bin with every flag.
        status, answer = self.box.client.uid(*words)
        if status != "OK":
            raise imaplib.IMAP4.error("refused")
        return answer


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@contextmanager
def connect():
    """The mailbox of MAILBOX_URL; raises one of AWAY."""
    url = urlsplit(settings.MAILBOX_URL)
    box = CLASSES[url.scheme](url.hostname, url.port or PORTS[url.scheme], timeout=SECONDS)
    try:
        box.login_utf8(
            unquote(url.username), unquote(url.password), unquote(url.path.strip("/")) or "INBOX"
        )
        box.client.capabilities = capabilities(box)
        _, [generation] = box.client.response("UIDVALIDITY")
        if generation is None:
            raise imaplib.IMAP4.error("no UIDVALIDITY")
        yield Connection(box, int(generation))
    finally:
        with suppress(*AWAY):
            box.logout()


def capabilities(box):
    """Of those signed in: before, servers do not tell that they can move messages."""
    _, [words] = box.client.capability()
    return tuple(words.decode().upper().split())


def listed(answer):
    words = answer if isinstance(answer, bytes) else b""
    uid, size = re.search(rb"UID (\d+)", words), re.search(rb"RFC822\.SIZE (\d+)", words)
    if not (uid and size):
        return None
    moment = imaplib.Internaldate2tuple(words)
    received_at = datetime.fromtimestamp(time.mktime(moment), UTC) if moment else timezone.now()
    return Listed(int(uid[1]), int(size[1]), min(received_at, timezone.now()))
