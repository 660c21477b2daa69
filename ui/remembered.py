"""Pages and parts of them that were rendered already, with the marks of all they are made of.

Each process keeps its own, the latest used, in memory. A page is shown again only when the marks
are the same still, which the view asks the database for: versions of rows, not the rows. However
many ask for one page, its marks are looked at once a second.
"""

import time
import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpResponse
from django.utils.safestring import SafeString, mark_safe

from ui.public import etag_of

# Seconds after which nothing is remembered any more: somebody named on it may have been erased.
KEPT = 60 * 60
# Seconds; with those of ui/public.py less than the ten after which everybody sees a new price.
LOOKS_EVERY = 1


@dataclass
class Page:
    packed: bytes
    marks: object
    # Whatever the view needs to ask for the marks again.
    kept: object
    # When something without marks may have changed.
    until: float
    headers: dict[str, str]
    looked_at: float = 0

    @property
    def is_fresh(self):
        return time.monotonic() < self.until

    @property
    def was_looked_at(self):
        return time.monotonic() < self.looked_at + LOOKS_EVERY

    def response(self):
        return HttpResponse(zlib.decompress(self.packed), headers=self.headers)


filled = {"since": time.monotonic()}


def forget_what_is_old():
    if time.monotonic() > filled["since"] + KEPT:
        filled["since"] = time.monotonic()
        Parts.every.clear()
        for pages in Pages.every:
            pages.clear()


class Pages:
    # All there are in this process.
    every: ClassVar[list["Pages"]] = []

    def __init__(self, most_bytes: int):
        self.every.append(self)
        self.most_bytes = most_bytes
        self.pages: OrderedDict[str, Page] = OrderedDict()
        self.bytes = 0

    def still_right(self, request, is_right: Callable[[Page], bool]) -> Page | None:
        """`is_right` asks the database, once a second."""
        page = self.get(request)
        if page is None or page.was_looked_at:
            return page
        asked_at = time.monotonic()
        if not is_right(page):
            return None
        page.looked_at = asked_at
        return page

    def get(self, request) -> Page | None:
        forget_what_is_old()
        key = request.get_full_path()
        if (page := self.pages.get(key)) is not None:
            self.pages.move_to_end(key)
        return page

    def remember(self, request, response, marks, kept=None, *, seconds: float) -> None:
        """`seconds`: by which it may lag behind what has no marks."""
        if "ETag" not in response:
            response["ETag"] = etag_of(response.content)
        self.forget(request)
        # A seventh, in a fifteenth of a millisecond.
        packed = zlib.compress(response.content, 1)
        page = Page(packed, marks, kept, 0, dict(response.items()))
        self.pages[request.get_full_path()] = page
        self.bytes += len(packed)
        self.hold(page, seconds)
        while self.bytes > self.most_bytes:
            _key, oldest = self.pages.popitem(last=False)
            self.bytes -= len(oldest.packed)

    def hold(self, page: Page, seconds: float) -> None:
        """It was looked through and is still right."""
        page.until = time.monotonic() + seconds

    def clear(self) -> None:
        self.pages.clear()
        self.bytes = 0

    def forget(self, request) -> None:
        if page := self.pages.pop(request.get_full_path(), None):
            self.bytes -= len(page.packed)


class Parts:
    """What many pages have in common: by its marks, so that nothing has to be forgotten."""

    # Of the rows of lists, each packed some five hundred bytes.
    MOST = 3000
    every: ClassVar[OrderedDict] = OrderedDict()

    @classmethod
    def get(cls, marks) -> tuple[SafeString, dict | None] | None:
        """Its HTML, and the icons that it names, drawn."""
        if (part := cls.every.get(marks)) is None:
            return None
        cls.every.move_to_end(marks)
        packed, drawings = part
        return mark_safe(zlib.decompress(packed).decode()), drawings  # noqa: S308 it was rendered

    @classmethod
    def remember(cls, marks, html, drawings):
        forget_what_is_old()
        cls.every[marks] = zlib.compress(html.encode(), 1), drawings
        if len(cls.every) > cls.MOST:
            cls.every.popitem(last=False)
