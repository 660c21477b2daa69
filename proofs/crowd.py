"""Who is on the portal meanwhile: readers, sellers who publish, people who leave."""

import io
import queue
import random
import re
import secrets
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from PIL import Image

from proofs.visitors import PATIENCE, Trouble, Unexpected, Visitor

PASSWORD = "steppe wind over barley"  # noqa: S105 of people who exist for minutes
# Seconds within which everybody sees what somebody has written.
SEEN_WITHIN = 10
WROTE = "wrote"
SIGN_IN = "/en/accounts/login/"
NEW = "/en/account/listings/new/"
LEAVE = "/en/account/privacy/leave/erasure/"


@dataclass
class Reader(Visitor):
    """Goes from page to page, without a session."""

    pages: list[str]
    pace: float
    is_over: threading.Event

    # When each page was asked for, when an answer came, and which: a status, or what went wrong.
    seen: list[tuple[float, float, str]] = field(default_factory=list)

    def read(self):
        while not self.is_over.wait(self.pace):
            asked_at, before = time.monotonic(), self.answers.copy()
            with suppress(Trouble):
                self.ask(random.choice(self.pages))
            [came] = self.answers - before
            self.seen.append((asked_at, time.monotonic(), came))


@dataclass
class Member(Visitor):
    """Somebody with an account."""

    email: str
    trouble: list[str] = field(default_factory=list, init=False)

    def sign_in(self):
        while True:
            form = self.form_with_token(SIGN_IN)
            sent = form | {"login": self.email, "password": PASSWORD}
            answer = self.ask_until_answered(SIGN_IN, sent)
            if answer.status == 302:
                return
            if answer.status != 429:
                raise Unexpected(f"{answer.status} to signing in")
            time.sleep(1)

    def form_with_token(self, path):
        """What every form of the page carries, and what only some do."""
        answer = self.ask_until_answered(path)
        hidden = r'type="hidden" name="(csrfmiddlewaretoken|seen)" value="(\w+)"'
        if form := dict(re.findall(hidden, answer.page)):
            return form
        raise Unexpected(f"{answer.status} without a form")


@dataclass(frozen=True)
class Published:
    """An ad of which its seller was told that everybody sees it."""

    pk: int
    title: str
    has_photo: bool
    at: float


@dataclass
class SellerAtWork(Member):
    category: str
    answers_to: dict[str, str]
    is_over: threading.Event
    passers: "Passers"

    published: list[Published] = field(default_factory=list)
    # Of their own ads, right after they were told.
    missing: list[int] = field(default_factory=list)
    looks: int = 0

    def work(self):
        try:
            self.sign_in()
            count = 0
            while not self.is_over.wait(random.uniform(0.2, 1)):
                count += 1
                # The same words would be taken for the same ad.
                title = f"Plough {secrets.token_hex(4)} of seller {self.number}"
                self.gives_up_at = time.monotonic() + PATIENCE
                ad = self.publish(title, has_photo=count % 3 == 1)
                self.published.append(ad)
                self.passers.expect(ad)
                self.look(ad)
        except (Trouble, Unexpected) as trouble:
            self.trouble.append(str(trouble))

    def publish(self, title, *, has_photo):
        pk = self.begin()
        if has_photo:
            self.add_photo(pk)
        edit, own = f"/en/account/listings/{pk}/edit/", f"/en/account/listings/{pk}/"
        while True:
            form = self.form_with_token(edit)
            try:
                answer = self.ask(edit, form | self.written(title))
            except Trouble:
                # Who does not know looks before they press again.
                if "The ad is live" in self.ask_until_answered(own).page:
                    return Published(pk, title, has_photo, time.monotonic())
                continue
            if answer.status == 302 and urlsplit(answer.location).path == own:
                return Published(pk, title, has_photo, time.monotonic())
            if answer.status != 200:
                raise Unexpected(f"{answer.status} to an ad")
            if "changed meanwhile" not in answer.page:
                raise Unexpected(f"an ad refused: {errors_in(answer.page)}")

    def begin(self):
        """The number of a draft; a category chosen twice begins one."""
        form = self.form_with_token(NEW)
        answer = self.ask_until_answered(NEW, form | {"category": self.category})
        found = re.fullmatch(r"/en/account/listings/(\d+)/edit/", urlsplit(answer.location).path)
        if not found:
            raise Unexpected(f"{answer.status} to a new ad")
        return int(found[1])

    def add_photo(self, pk):
        path = f"/en/account/listings/{pk}/photos/"
        token = self.form_with_token(path)["csrfmiddlewaretoken"]
        boundary = secrets.token_hex(16)
        parts = [
            f'Content-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}'.encode(),
            b'Content-Disposition: form-data; name="photos"; filename="plough.jpg"\r\n'
            b"Content-Type: image/jpeg\r\n\r\n" + picture(),
        ]
        body = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode(), part) for part in parts)
        body += b"--%b--\r\n" % boundary.encode()
        kind = f"multipart/form-data; boundary={boundary}"
        while True:
            try:
                answer = self.ask(path, body, of_kind=kind)
            except Trouble:
                if 'id="photo-' in self.ask_until_answered(path).page:
                    return
                continue
            if answer.status != 302:
                raise Unexpected(f"{answer.status} to a photo")
            return

    def written(self, title):
        return {
            "act": "publish_anyway",
            "deal_type": "sale",
            "title": title,
            "description": "With five bodies, for tractors of 150 horse powers.",
            "language": "en",
            "price_kind": "exact",
            "price": str(random.randrange(100_000, 900_000)),
            "currency": "KZT",
            "unit": "piece",
            "vat": "incl",
            "quantity": "5",
            "region": "KZ-39",
            "town": "Рудный",
            **self.answers_to,
        }

    def look(self, ad):
        """Whoever has written sees it at once, wherever their request goes."""
        for _time in range(3):
            self.looks += 1
            if not shows(self, ad):
                self.missing.append(ad.pk)


@dataclass
class ForgottenSeller(SellerAtWork):
    """Whose session is gone after each ad: for a while the cookie `wrote` alone is left to them,
    then nothing.
    """

    looks_by_cookie: int = 0
    looks_later: int = 0

    def look(self, ad):
        for cookie in list(self.cookies):
            if cookie.name != WROTE:
                self.cookies.clear(cookie.domain, cookie.path, cookie.name)
        for _time in range(3):
            # Without it nothing is promised to them: no answer came to what they wrote.
            if self.has(WROTE):
                self.looks_by_cookie += 1
                if not finds(self, ad):
                    self.missing.append(ad.pk)
        time.sleep(max(0, ad.at + SEEN_WITHIN - time.monotonic()))
        while self.has(WROTE):
            time.sleep(0.1)
        self.looks_later += 1
        if not finds(self, ad):
            self.missing.append(ad.pk)
        self.gives_up_at = time.monotonic() + PATIENCE
        self.sign_in()

    def has(self, name):
        return any(cookie.name == name and not cookie.is_expired() for cookie in self.cookies)


class Passers:
    """They look for each ad ten seconds after it was published."""

    def __init__(self, address):
        self.address = address
        self.expected = queue.SimpleQueue()
        self.looks, self.missing, self.trouble = 0, [], []

    def expect(self, ad):
        self.expected.put(ad)

    def end(self):
        self.expected.put(None)

    def look(self):
        while ad := self.expected.get():
            time.sleep(max(0, ad.at + SEEN_WITHIN - time.monotonic()))
            passer = Visitor(50_000 + self.looks, self.address)
            self.looks += 1
            try:
                if not (shows(passer, ad) and finds(passer, ad)):
                    self.missing.append(ad.pk)
            except Trouble as trouble:
                self.trouble.append(str(trouble))


def shows(visitor, ad):
    answer = visitor.ask_until_answered(f"/en/listing/{ad.pk}/")
    if answer.status in (301, 302):
        answer = visitor.ask_until_answered(urlsplit(answer.location).path)
    return answer.status == 200 and ad.title in answer.page


def finds(visitor, ad):
    """By the search, which a replica answers that has not heard of the ad."""
    answer = visitor.ask_until_answered(f"/en/listings/?{urlencode({'q': ad.title})}")
    return answer.status == 200 and f"/en/listing/{ad.pk}/" in answer.page


@dataclass
class Leaver(Member):
    """Asks for deletion at once, at this moment."""

    starts_at: float

    # Told so; None: asked, and the answer never came before the account was gone.
    is_told: bool | None = False

    def leave(self):
        try:
            time.sleep(max(self.starts_at - time.monotonic(), 0))
            self.gives_up_at = time.monotonic() + PATIENCE
            self.sign_in()
            form, is_sure = self.form_of_leaving(), True
            while True:
                try:
                    answer = self.ask(LEAVE, form | {"at_once": "on"})
                except Trouble as trouble:
                    if time.monotonic() > self.gives_up_at:
                        raise Trouble(f"gave up: {trouble}") from trouble
                    is_sure = False
                    time.sleep(random.uniform(0.3, 1.5))
                    continue
                where = urlsplit(answer.location).path
                if answer.status == 302 and where == "/en/account/privacy/":
                    self.is_told = True
                elif is_sure:
                    raise Unexpected(f"{answer.status} to leaving")
                else:
                    self.is_told = None
                return
        except (Trouble, Unexpected) as trouble:
            self.trouble.append(str(trouble))

    def form_of_leaving(self):
        """Who they are is asked once more before it."""
        answer = self.ask_until_answered(LEAVE)
        if answer.status == 302:
            asked = urlsplit(answer.location)
            path = f"{asked.path}?{asked.query}"
            form = self.form_with_token(path)
            self.ask_until_answered(path, form | {"password": PASSWORD})
        return self.form_with_token(LEAVE)


def errors_in(page):
    return re.findall(r'<li><a href="#id_[^"]+">([^<]*)', page)


def picture():
    """No two are the same."""
    image = Image.frombytes("RGB", (64, 48), secrets.token_bytes(64 * 48 * 3)).resize((640, 480))
    written = io.BytesIO()
    image.save(written, "JPEG")
    return written.getvalue()
