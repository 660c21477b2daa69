"""People with browsers of their own: real forms, sent again when nothing comes of it."""

import http.client
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import (
    HTTPCookieProcessor,
    HTTPErrorProcessor,
    HTTPHandler,
    Request,
    build_opener,
)

PATIENCE = 120  # seconds after which a person gives up
ANSWERED_WITHIN = 30


class Trouble(Exception):
    """No answer, or one that asks to try again."""


class Unexpected(Exception):
    """An answer that should not come of anything that was done here."""


class AsTheyCome(HTTPErrorProcessor):
    """Redirects and refusals are answers like others."""

    def http_response(self, request, response):
        return response


class FromTheirNetwork(HTTPHandler):
    """All of 127/8 is this machine: so everybody has an address of their own, also to a proxy."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def http_open(self, request):
        theirs = partial(http.client.HTTPConnection, source_address=(self.network, 0))
        return self.do_open(theirs, request)


class Forms(HTMLParser):
    """The forms of a page, by where they are sent: what their fields hold; of a choice the first
    that is offered.
    """

    def __init__(self, page):
        super().__init__()
        self.found = {}
        self.fields = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.fields = self.found.setdefault(attrs.get("action", ""), {})
        elif tag in ("input", "textarea", "select") and self.fields is not None:
            self.name = attrs.get("name", "")
            self.fields[self.name] = attrs.get("value") or ""
        elif tag == "option" and self.fields is not None:
            self.fields[self.name] = self.fields[self.name] or attrs.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.fields = None


@dataclass
class Answer:
    status: int
    location: str
    page: str

    def form(self, path):
        return Forms(self.page).found.get(path)


@dataclass
class Visitor:
    number: int
    address: str

    answers: Counter = field(default_factory=Counter, init=False)

    def __post_init__(self):
        # One household of the net each, or the portal would take them for a program.
        self.network = f"127.{1 + (self.number >> 16)}.{self.number >> 8 & 255}.{self.number & 255}"
        self.cookies = CookieJar()
        self.opener = build_opener(
            HTTPCookieProcessor(self.cookies), AsTheyCome, FromTheirNetwork(self.network)
        )
        self.gives_up_at = time.monotonic() + PATIENCE

    def ask_until_answered(self, path, form=None):
        while True:
            try:
                return self.ask(path, form)
            except Trouble as trouble:
                if time.monotonic() > self.gives_up_at:
                    raise Trouble(f"gave up: {trouble}") from trouble
                time.sleep(random.uniform(0.3, 1.5))

    def ask(self, path, form=None, *, of_kind="application/x-www-form-urlencoded"):
        """By GET, or send a form, or what was made of one; raises `Trouble`."""
        headers = {
            "X-Forwarded-For": self.network,
            "Sec-Fetch-Site": "same-origin",
            "Accept-Language": "en",
        }
        if form is not None:
            headers["Content-Type"] = of_kind
        data = urlencode(form).encode() if isinstance(form, dict) else form
        request = Request(self.address + path, data, headers)
        try:
            with self.opener.open(request, timeout=ANSWERED_WITHIN) as response:
                page = response.read().decode()
                answer = Answer(response.status, response.headers.get("Location", ""), page)
        except (URLError, OSError, http.client.HTTPException) as error:
            reason = type(getattr(error, "reason", error)).__name__
            self.answers[f"none ({reason})"] += 1
            raise Trouble(reason) from error
        self.answers[str(answer.status)] += 1
        if answer.status >= 500:
            raise Trouble(str(answer.status))
        return answer
