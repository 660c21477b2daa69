"""What a message says of itself and in its writer's own words, whatever shape it came in."""

import binascii
import re
from collections import defaultdict
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from html import unescape

# More than people write; what parsers need grows faster than what they read.
PARTS = 100
LETTERS = 20_000
LETTERS_OF_HTML = 64_000
LETTERS_OF_HEADER = 4_000
RECEIVED_IN_A_LOOP = 40

# Others among Python's codecs are no encodings of letters, or take long over hostile bytes.
ENCODINGS = re.compile(
    r"utf-?8|us-ascii|koi8-[rut]|(windows|cp|x-cp)-?\d+|iso-?8859-?\d+|x?-?mac-?cyrillic"
    r"|kz-?1048|ptcp154",
    re.IGNORECASE,
)

# One sender, written so that no two programs can read it differently.
SENDER = re.compile(
    r"""(?: (?P<name> "[^"\\<>]*" | [^"\\<>,;:@()]* ) \s* < (?P<angled> [^<>\s]+ ) >
        | (?P<bare> [^<>\s"(),;:]+ ) )
        \s* (?P<comment> \( [^()\\]* \) )?""",
    re.VERBOSE,
)
ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]",
    re.IGNORECASE,
)
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")

PROGRAMS = re.compile(
    r"(mailer-daemon|postmaster|abuse|bounces?|no[-_.]?reply|do[-_.]?not[-_.]?reply"
    r"|auto[-_.]?reply|notifications?|newsletter)([-+_.=].*)?@",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Message:
    # Empty unless there is one sender with one plain address.
    sender: str
    # Its name pretends nothing.
    is_plain: bool
    is_automatic: bool
    # Nobody waits for an answer there, or somebody else would get it.
    is_answerable: bool
    message_id: str
    # Those of the messages it answers.
    references: tuple[str, ...]
    subject: str
    # The writer's own: without what they quote, forward or sign with.
    words: str
    # The topmost Authentication-Results.
    authentication: str
    # What makes it this message, however often it is delivered.
    identity: str

    @property
    def is_reply(self):
        return bool(self.references) or bool(RE.match(self.subject))


RE = re.compile(r"\s*(re|fwd?|отв(ет)?|нп|пересл|жауап)\s*(\[\d+\])?\s*:", re.IGNORECASE)


def understand(raw: bytes) -> Message:
    parsed = message_from_bytes(raw)
    headers = defaultdict(list)
    for name, value in parsed.raw_items():
        headers[name.lower()].append(value)

    def first(name):
        return unfolded(headers[name][0]) if headers[name] else ""

    sender, is_plain = sender_of(headers["from"])
    words = own_words(text_of(parsed))
    references = MESSAGE_ID.findall(f"{first('in-reply-to')} {first('references')[-LETTERS:]}")
    message_id = MESSAGE_ID.fullmatch(first("message-id").strip())
    return Message(
        sender=sender,
        is_plain=is_plain,
        is_automatic=is_automatic(headers, parsed),
        is_answerable=bool(sender) and not wants_no_answer(headers, sender),
        message_id=message_id[0] if message_id else "",
        references=tuple(references[-50:]),
        subject=decoded(first("subject")[:LETTERS_OF_HEADER]).strip(),
        words=words,
        authentication=first("authentication-results")[:LETTERS_OF_HEADER],
        # Lists and servers on the way change the words; only without a number they must do.
        identity="\n".join(
            [*map(first, ("message-id", "from", "date", "subject")), "" if message_id else words]
        ),
    )


def unfolded(value):
    return re.sub(r"[\r\n]+[ \t]?", " ", value)


def sender_of(values) -> tuple[str, bool]:
    """The address, and whether nothing about it is meant to deceive."""
    if len(values) != 1 or len(values[0]) > LETTERS_OF_HEADER:
        return "", False
    match = SENDER.fullmatch(unfolded(values[0]).strip())
    address = match and (match["angled"] or match["bare"])
    # Letters that only look Latin would be another mailbox; international names come as xn--.
    if not address or len(address) > 254 or not ADDRESS.fullmatch(address):
        return "", False
    shown = decoded(f"{match['name'] or ''} {match['comment'] or ''}").strip(" \"()'")
    return address, "@" not in shown.replace("＠", "@") or shown.lower() == address.lower()


def is_automatic(headers, parsed):
    """From a program, a list or a loop: nobody asks anything there."""
    return (
        any(value not in ("", "no") for value in said(headers, "auto-submitted"))
        or any(v.startswith(("bulk", "list", "junk", "auto")) for v in said(headers, "precedence"))
        or "<>" in said(headers, "return-path")
        or any(headers[name] for name in MARKS_OF_PROGRAMS)
        or any(name.startswith("list-") for name, values in headers.items() if values)
        or len(headers["received"]) > RECEIVED_IN_A_LOOP
        or parsed.get_content_type() in ("multipart/report", "message/delivery-status")
    )


def wants_no_answer(headers, sender):
    return (
        bool(headers["x-auto-response-suppress"])
        or any(v.startswith("yes") for name in MARKS_OF_SPAM for v in said(headers, name))
        or PROGRAMS.match(sender) is not None
    )


def said(headers, name):
    return [unfolded(value).strip().lower() for value in headers[name]]


MARKS_OF_PROGRAMS = (
    "x-loop", "x-autoreply", "x-autorespond", "x-autoresponder", "x-failed-recipients",
    "x-mailing-list", "x-ms-exchange-generated-message-source",
)  # fmt: skip
MARKS_OF_SPAM = ("x-spam-flag", "x-spam-status", "x-spam")


def text_of(parsed):
    """The first text in it; of an HTML one what a reader sees. Attachments stay closed."""
    html = ""
    waiting, seen = [parsed], 0
    while waiting and seen < PARTS:
        part = waiting.pop(0)
        seen += 1
        if part.is_multipart():
            # Not into a message that is attached: those are the words of others.
            if part.get_content_maintype() == "multipart":
                waiting[:0] = part.get_payload()
        elif part.get_content_disposition() != "attachment":
            kind = part.get_content_type()
            if kind == "text/plain" and (text := decoded_part(part)[:LETTERS]).strip():
                return text
            if kind == "text/html" and not html:
                html = decoded_part(part)[:LETTERS_OF_HTML]
    return visible(html)[:LETTERS]


def decoded_part(part):
    try:
        content = part.get_payload(decode=True) or b""
    except (ValueError, binascii.Error):
        return ""
    try:
        encoding = part.get_content_charset("")
    except (LookupError, ValueError):
        encoding = ""
    return letters(content, encoding)


def letters(content, encoding=""):
    """By the encoding it names, or else by one in which the bytes make sense."""
    for name in (encoding, "utf-8", "windows-1251"):
        if name and ENCODINGS.fullmatch(name):
            try:
                return content.decode(name)
            except (LookupError, UnicodeError):
                continue
    return content.decode("utf-8", "replace")


def decoded(value):
    """A header for people: encoded words, or bytes nobody told the encoding of."""
    if not value.isascii():
        return letters(value.encode("utf-8", "surrogateescape"))
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(
        letters(piece, encoding or "") if isinstance(piece, bytes) else piece
        for piece, encoding in pieces
    )


# Possessive: what does not match is not tried again in other ways. Python's own HTMLParser takes
# minutes over some pages of this length.
TAG = re.compile(r"<(?P<closes>/?+)(?P<name>[a-z][a-z0-9]*+)(?P<rest>[^<>]*+)>", re.IGNORECASE)
HIDDEN = {"head", "style", "script", "title", "blockquote"}
# How mail programs mark what is quoted, and signatures.
QUOTES = re.compile(
    r"(class|id)\s*=[^=]*(gmail_quote|yahoo_quoted|moz-cite-prefix|gmail_signature)"
)
BLOCKS = {"p", "div", "br", "li", "tr", "td", "h1", "h2", "h3", "hr", "table"}
VOID = {"br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr"}


def visible(page):
    """The text of a page, without what mail programs mark as quoted."""
    page = without_comments(page)
    pieces, end = [], 0
    hidden_by, depth = "", 0
    for tag in TAG.finditer(page):
        if not hidden_by:
            # Its line breaks are only spaces.
            pieces.append(" ".join(page[end : tag.start()].split("\n")))
        end = tag.end()
        name = tag["name"].lower()
        if hidden_by:
            depth += (name == hidden_by) * (-1 if tag["closes"] else 1)
            if not depth:
                hidden_by = ""
        elif name not in VOID and not tag["closes"] and hides(name, tag["rest"]):
            hidden_by, depth = name, 1
        elif name in BLOCKS:
            pieces.append("\n")
    if not hidden_by:
        pieces.append(page[end:])
    return unescape("".join(pieces))


def hides(name, attributes):
    return name in HIDDEN or QUOTES.search(attributes) is not None


def without_comments(page):
    pieces, end = [], 0
    while (start := page.find("<!--", end)) >= 0:
        pieces.append(page[end:start])
        if (end := page.find("-->", start)) < 0:
            return "".join(pieces)
        end += 3
    return "".join([*pieces, page[end:]])


DASHED = re.compile(
    r"[-_—=*\s]{3,}\s*(original message|forwarded message|begin forwarded|исходное сообщение"
    r"|пересылаемое|пересланное|переслано|конец пересыл|бастапқы|қайта жіберілген)",
    re.IGNORECASE,
)
# "On …, … wrote:" and its kin; such a line may be broken in two.
WROTE = re.compile(
    r"(wrote|writes|писал|писала|написал|написала|написал\(а\)|пишет|сообщил|жазды|жазған)"
    r"\s*:?\s*$",
    re.IGNORECASE,
)
FROM = re.compile(r"\*?(from|от|от кого|кімнен|жіберуші)\*?\s*:", re.IGNORECASE)
BESIDE_FROM = re.compile(
    r"\*?(sent|date|to|subject|отправлено|дата|кому|тема|жіберілді|күні|кімге|тақырып"
    r"|тақырыбы)\*?\s*:",
    re.IGNORECASE,
)
DEVICE = re.compile(
    r"(sent from|отправлено (с|из)|get outlook for|скачать outlook|\S+ арқылы жіберілді)",
    re.IGNORECASE,
)


def own_words(text):
    """What the writer wrote themselves; quotes, forwards and signatures belong to others."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    own = []
    for number, line in enumerate(map(str.strip, lines)):
        if line.startswith((">", "|")):
            continue
        if line in ("--", "—", "---") or DASHED.match(line) or DEVICE.match(line):
            break
        quotes_follow = any(next_.lstrip().startswith(">") for next_ in lines[number : number + 4])
        if (WROTE.search(line[-60:]) and (line.endswith(":") or quotes_follow)) or (
            FROM.match(line)
            and any(BESIDE_FROM.match(next_.strip()) for next_ in lines[number + 1 : number + 4])
        ):
            break
        own.append(line)
    return "\n".join(own).strip()
