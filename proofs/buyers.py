"""Buyers who press the button again when nothing comes of it."""

import random
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from proofs.visitors import PATIENCE, Trouble, Unexpected, Visitor

# What says why there is no order.
REASONS = ["Nothing of it is left now.", "Only 1 pc are left."]


@dataclass
class Buyer(Visitor):
    """Wants so many of an ad, and presses the button at this moment, so many times."""

    listing: int
    seller: str
    quantity: int
    presses: int
    starts_at: float

    # Of orders that we were told are sent, by each press.
    told: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    seals: set[str] = field(default_factory=set)
    trouble: list[str] = field(default_factory=list)
    saw_the_order: bool = False
    has_empty_cart: bool = False

    def __post_init__(self):
        super().__post_init__()
        self.gives_up_at = self.starts_at + PATIENCE

    @property
    def email(self):
        return f"buyer-{self.number}@example.com"

    @property
    def ordering(self):
        return f"/en/cart/{self.seller}/KZT/order/"

    def buy(self):
        try:
            time.sleep(max(self.starts_at - time.monotonic(), 0))
            if not self.fill_cart():
                return
            form = self.open_form()
            if form is None:
                return
            fingers = []
            for _press in range(self.presses):
                fingers.append(threading.Thread(target=self.press, args=[form], daemon=True))
                fingers[-1].start()
                time.sleep(random.choice([0, 0, 0.05, 0.3]))
            for finger in fingers:
                finger.join()
            if self.told:
                page = self.ask_until_answered(f"/en/orders/{self.told[0]}/")
                self.saw_the_order = page.status == 200 and self.told[0] in page.page
                cart = self.ask_until_answered("/en/cart/")
                self.has_empty_cart = "/en/cart/change/" not in cart.page
        except (Trouble, Unexpected) as trouble:
            self.trouble.append(str(trouble))

    def fill_cart(self):
        """Whether it lies in the cart."""
        path = f"/en/cart/add/{self.listing}/"
        while True:
            page = self.ask_until_answered(path)
            form = page.form(path)
            if form is None:
                self.note_refusal(page)
                return False
            try:
                answer = self.ask(path, form | {"quantity": str(self.quantity)})
            except Trouble:
                # Whoever added it once more would have twice as much.
                if "/en/cart/change/" in self.ask_until_answered("/en/cart/").page:
                    return True
                continue
            if answer.status == 302:
                return True
            self.note_refusal(answer)
            return False

    def open_form(self):
        page = self.ask_until_answered(self.ordering)
        if page.status == 302:
            self.look_into_cart()
            return None
        return self.filled(page)

    def filled(self, page):
        form = page.form(self.ordering)
        if form is None:
            raise Unexpected(f"{page.status} without a form")
        form.pop("back", None)
        self.seals.add(form["seal"])
        return form | {
            "full_name": f"Buyer {self.number}",
            "organization": f"Farm {self.number}",
            "email": self.email,
            "phone": f"+7701{self.number:07}",
            "address": f"Street {self.number}",
            "comment": f"Comment of {self.number}",
        }

    def press(self, form):
        """Send the form until it is answered, one press of several."""
        try:
            while True:
                answer = self.ask_until_answered(self.ordering, form)
                where = urlsplit(answer.location).path
                if answer.status == 302 and where.startswith("/en/orders/"):
                    self.told.append(where.split("/")[3])
                    return
                if answer.status == 302 and where == "/en/cart/":
                    self.look_into_cart()
                    return
                if answer.status != 409:
                    raise Unexpected(f"{answer.status} to the form")
                form = self.filled(answer)  # something has changed: it is looked at, sent again
        except (Trouble, Unexpected) as trouble:
            self.trouble.append(str(trouble))

    def look_into_cart(self):
        self.note_refusal(self.ask_until_answered("/en/cart/"))

    def note_refusal(self, page):
        reason = next((reason for reason in REASONS if reason in page.page), None)
        if reason is None:
            raise Unexpected(f"{page.status} that does not say why")
        self.refused.append(reason)
