"""A real IMAP server of the tests' own, and messages as mail programs write them."""

import base64
import quopri
import subprocess
import sys
from datetime import UTC, datetime
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.utils import format_datetime, formataddr, make_msgid, parseaddr
from urllib.parse import quote

from imap_tools import MailBoxUnencrypted

from tests.letters.outside import free_port, wait_until

USER, PASSWORD = "support@kazvek.com", "wheat/und:er snow"
SERVER = "mx.kazvek.com"
PROGRAM = "import sys; from pymap.main import main; sys.exit(main())"


class MailServer:
    def __init__(self):
        self.port = free_port()
        self.url = f"imap://{quote(USER, '')}:{quote(PASSWORD, '')}@127.0.0.1:{self.port}/INBOX"
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "--host", "127.0.0.1", "--port", str(self.port)]
            + ["--no-tls", "dict", "--demo-user", USER, "--demo-password", PASSWORD],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self.answers)

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def answers(self):
        assert self.process.poll() is None
        try:
            self.open().logout()
        except OSError:
            return False
        return True

    def open(self):
        return MailBoxUnencrypted("127.0.0.1", self.port, timeout=20).login(USER, PASSWORD)

    def take(self, *messages, at=None):
        box = self.open()
        for message in messages:
            content = message if isinstance(message, bytes) else message.as_bytes()
            box.append(content.replace(b"\n", b"\r\n"), "INBOX", at or datetime.now(UTC))
        box.logout()

    def uids(self, criteria="ALL", folder="INBOX"):
        box = self.open()
        box.folder.set(folder)
        found = box.uids(criteria)
        box.logout()
        return found

    def empty(self):
        box = self.open()
        box.delete(box.uids())
        if box.folder.exists("Done"):
            box.folder.delete("Done")
        box.logout()

    def add_folder(self, name):
        box = self.open()
        box.folder.create(name)
        box.logout()


def passed(address, server=SERVER):
    """The word of our own mail server."""
    domain = address.rpartition("@")[2]
    return (
        f"{server}; dkim=pass (2048-bit key) header.d={domain} header.i=@{domain};"
        f" spf=pass smtp.mailfrom={address}; dmarc=pass (p=NONE) header.from={domain}"
    )


TRANSFER = {
    "base64": base64.encodebytes,
    "quoted-printable": quopri.encodestring,
    "8bit": bytes,
}


def text_part(words, encoding="utf-8", transfer="base64", kind="plain", named=None):
    """`named` is what the part says of its encoding, true or not."""
    content = TRANSFER[transfer](words.encode(encoding))
    part = Message()
    part["MIME-Version"] = "1.0"
    part["Content-Type"] = f'text/{kind}; charset="{named or encoding}"'
    part["Content-Transfer-Encoding"] = transfer
    part.set_payload(content.decode("ascii", "surrogateescape"))
    return part


def message(sender, words, subject="Сәлеметсіз бе", *, authentic=True, part=None, **headers):
    """A message of one sender; headers as keywords, `_` for `-`; None leaves one out."""
    made = part or text_part(words)
    name, address = parseaddr(sender)
    defaults = {
        "Return-Path": f"<{address}>",
        "Authentication-Results": passed(address) if authentic else None,
        "Received": f"from out.example ([192.0.2.7]) by {SERVER} with ESMTPS id x1",
        "From": formataddr((name, address)),
        "To": USER,
        "Subject": subject,
        "Date": format_datetime(datetime.now(UTC)),
        "Message-ID": make_msgid(domain="program.example"),
    }
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in (defaults | given).items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                made[name] = one
    return made


def multipart(kind, *parts):
    made = MIMEMultipart(kind)
    for part in parts:
        made.attach(part)
    return made
