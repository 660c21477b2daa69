"""People who do everything the portal offers, through its own forms, and mark whatever they type.

Each has a browser and a network of their own. What they type holds a mark that stands nowhere else.
"""

import itertools
import re
from contextlib import contextmanager
from email import message_from_bytes, policy

from django.test import Client

from letters.delivery import deliver
from letters.models import Letter
from privacy.export.building import build_waiting
from tests.conftest import PASSWORD, code_of
from tests.listings.photos.pictures import drawing, picture, sent
from tests.orders.ordering import seal_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)


class Person:
    """Somebody at a browser, and the mail that comes to them."""

    def __init__(self, number, post_office):
        self.number, self.post_office = number, post_office
        self.marks, self.of_a_company = [], []
        self.places = itertools.count(1)
        self.email = self.address()
        self.network = f"198.51.{number + 100}.0"
        self.client = self.browser(FIREFOX)

    def browser(self, agent):
        return Client(
            HTTP_HOST="localhost",
            HTTP_USER_AGENT=agent,
            HTTP_SEC_FETCH_SITE="same-origin",
            REMOTE_ADDR=self.network.removesuffix("0") + "77",
        )

    @contextmanager
    def as_company(self):
        """What is typed now says of a legal entity, and of nobody."""
        own, self.marks = self.marks, self.of_a_company
        yield
        self.marks = own

    def mark(self, words="{}"):
        """Words with a name in them that nobody else bears, in letters of Kazakh."""
        return self.kept(f"Ңұржә{self.number}{next(self.places):03}ғы", words)

    def russian(self, words="{}"):
        """Of which searches make no other letters."""
        return self.kept(f"Зурбаг{self.number}{next(self.places):03}мя", words)

    def latin(self, words="{}"):
        return self.kept(f"zqwex{self.number}{next(self.places):03}", words)

    def address(self):
        return self.latin("{}@farm-example.kz")

    def phone(self):
        return self.kept(f"+7701{self.number}{next(self.places):03}746")

    def kept(self, mark, words="{}"):
        self.marks.append(mark)
        return words.format(mark)

    def post(self, path, form=None, *, client=None, **files):
        """By a button of the site; what is refused is told."""
        answer = (client or self.client).post(path, (form or {}) | files, follow=True)
        refused = answer.context and [
            field.errors
            for field in (answer.context.get("form") or [])
            if getattr(field, "errors", None)
        ]
        assert answer.status_code == 200, f"{path}: {answer.status_code} {refused} {seen(answer)}"
        assert not refused, f"{path}: {refused}"
        return answer

    def get(self, path):
        answer = self.client.get(path, follow=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer

    def link(self, inside=""):
        """From the last letter with such a link."""
        deliver(Letter.objects.all())
        for to, content in reversed(self.post_office.took):
            if to != [self.email]:
                continue
            letter = message_from_bytes(content, policy=policy.default)
            text = letter.get_body(("plain",)).get_content().replace("\r\n", "\n")
            for link in re.findall(r"^https?://[^/\s]+(/\S+)$", text, re.MULTILINE):
                if inside in link:
                    return link
        raise AssertionError(f"no link with {inside} came")

    # An account

    def sign_up(self):
        page = self.get("/ru/accounts/signup/")
        form = {"email": self.email, "password1": PASSWORD, "news": "on"}
        self.post("/ru/accounts/signup/", form | {"shown": page.context["form"].shown})
        self.post(self.link("confirm-email"))
        self.get("/en/account/")

    def confirm(self):
        self.post("/en/accounts/reauthenticate/", {"password": PASSWORD})

    def fill_profile(self):
        self.post(
            "/en/account/profile/person/",
            {
                "surname": self.mark(),
                "first_name": self.mark(),
                "patronymic": self.mark(),
                "activity": "crops",
                "language": "ru",
            },
        )
        self.post("/en/account/profile/phones/add/", {"number": self.phone(), "purpose": "calls"})
        self.post(
            "/en/account/profile/addresses/work/",
            {
                "region": self.mark("{} область"),
                "settlement": self.mark("село {}"),
                "street": self.mark("улица {}, 1"),
                "postcode": self.latin(),
            },
        )

    @property
    def known_by(self):
        """What others write of them: the address, and a number as people spell it."""
        phone = next(mark for mark in self.marks if mark.startswith("+77"))
        return f"{self.email.title()}, 8 ({phone[2:5]}) {phone[5:8]}-{phone[8:10]}-{phone[10:]}"

    def take_second_factor(self):
        self.confirm()
        secret = self.get("/en/accounts/2fa/totp/activate/").context["form"].secret
        self.post("/en/accounts/2fa/totp/activate/", {"code": code_of(secret)})
        self.get("/en/accounts/2fa/recovery-codes/")

    def begin_elsewhere(self):
        """On another device, up to the second step."""
        phone = self.browser(SAFARI)
        self.post("/en/accounts/login/", {"login": self.email, "password": PASSWORD}, client=phone)
        forgot = self.browser(SAFARI)
        self.post("/en/accounts/password/reset/", {"email": self.email}, client=forgot)
        forgot.get(self.link("/password/reset/"))

    def change_address(self):
        """Asked for, and not yet confirmed."""
        self.confirm()
        self.post("/en/accounts/email/", {"email": self.address(), "action_add": ""})

    # Buying

    def put_in_cart(self, listing, quantity="5"):
        self.post(f"/en/cart/add/{listing.pk}/", {"quantity": quantity})

    def order_form(self, listing):
        return f"/en/cart/{listing.seller.slug}/{listing.currency}/order/"

    def typed(self, **given):
        return {
            "full_name": self.mark(),
            "organization": self.mark("{} диірмені"),
            "email": self.email,
            "phone": self.phone(),
            "address": self.mark("Қостанай, {} даңғылы, 1"),
            "comment": self.mark("Тиеу {} күні"),
        } | given

    def order(self, listing, **given):
        """Its reference."""
        self.put_in_cart(listing)
        form = self.order_form(listing)
        seal = seal_of(self.get(form))
        answer = self.client.post(form, self.typed(**given) | {"seal": seal})
        assert answer.status_code == 302, seen(answer)
        return self.link("/orders/").split("/")[3]

    def type_and_go_back(self, listing):
        self.put_in_cart(listing)
        form = self.order_form(listing)
        seal = seal_of(self.get(form))
        self.post(form, self.typed() | {"seal": seal, "back": ""})

    def act(self, reference, act, **given):
        self.post(f"/en/orders/{reference}/{act}/", given)

    def keep_what_interests(self, listing):
        self.post(f"/en/listing/{listing.pk}/save/")
        query = f"q={self.mark()}"
        self.post("/en/account/searches/save/", {"query": query, "category": "wheat"})
        search = self.client.get("/en/account/searches/").context["rows"][0][0]
        self.post(f"/en/account/searches/{search.pk}/rename/", {"name": self.mark()})

    def report(self, listing, **given):
        words = {"reason": "other", "text": self.mark("Просит аванс: {}")}
        self.post(f"/en/listing/{listing.pk}/report/", words | given)

    # One's rights

    def ask_things(self):
        self.confirm()
        for kind in ("access", "restriction"):
            self.post(f"/en/account/privacy/ask/{kind}/")
        self.post("/en/account/privacy/ask/rectification/", {"words": self.mark("Моё имя {}")})
        self.post(
            "/en/account/privacy/ask/objection/",
            {"purpose": "security", "words": self.mark("Потому что {}")},
        )

    def ask_by_letter(self, kind, **given):
        self.post("/en/privacy/request/", {"email": self.email, "kind": kind})
        link = self.link("/privacy/request/confirm/")
        self.get(link)
        self.post(link, given)
        return link

    def fetch_copy(self):
        """Asked for and fetched; the file stays for a while, and another is asked for."""
        self.confirm()
        page = self.post("/en/account/privacy/leave/export/").redirect_chain[-1][0]
        build_waiting()
        self.post(f"{page}fetch/")
        self.post("/en/account/privacy/leave/export/")

    def leave(self):
        self.confirm()
        self.post("/en/account/privacy/leave/erasure/", {"at_once": "on"})

    # Selling

    def begin_to_sell(self, form, number):
        self.post(
            "/en/account/seller/create/",
            {
                "form": form,
                "name": self.russian("{} шаруа"),
                "number": self.kept(number),
                "region": "KZ-39",
                "settlement": self.mark("Рудный {}"),
                "phone": self.phone(),
            },
        )

    def fill_storefront(self, form, number):
        page = "/en/account/seller"
        # The name of before leads on.
        self.post(
            f"{page}/identity/",
            {"form": form, "name": self.russian("{} дала"), "number": number, "pays_vat": "on"},
        )
        self.post(
            f"{page}/place/",
            {
                "region": "KZ-39",
                "settlement": self.mark("Рудный {}"),
                "street": self.mark("улица {}, 2"),
            },
        )
        self.post(
            f"{page}/about/",
            {
                "about_kk": self.mark("{} туралы"),
                "about_ru": self.mark("О нас: {}"),
                "about_en": self.mark("About {}"),
                "website": self.latin("https://{}.example.com/"),
            },
        )
        self.post(f"{page}/phones/add/", {"number": self.phone(), "note": self.mark("спросить {}")})
        self.post(f"{page}/hours/", {"opens_0": "08:17", "closes_0": "17:43"})
        self.post(
            f"{page}/shipping/",
            {"carrier": "on", "carrier_conditions": self.mark("До станции {}")},
        )
        self.post(
            f"{page}/payment/",
            {"prepaid": "on", "prepaid_conditions": self.mark("Счёт у {}"), "minimum_order": "7"},
        )
        self.post(f"{page}/logo/", logo=sent(self.photo("PNG"), f"{self.mark()}.png"))

    def photo(self, kind="JPEG"):
        """Of the place where they live, with what a telephone writes into it."""
        image = drawing((640 + self.number, 480))
        return picture(kind, image, words=self.mark("Снято у {}, 53.2145 N"))

    def paper(self):
        words = self.latin("({})").encode()
        return b"%PDF-1.7\n1 0 obj<</Author" + words + b">>endobj\n%%EOF\n"

    def invite(self, email):
        self.post(
            "/en/account/seller/members/invite/",
            {"email": email, "role": "viewer", "language": "ru"},
        )

    def name_oneself(self):
        self.post(
            "/en/account/seller/authorised/",
            {
                "full_name": self.mark(),
                "position": self.mark("директор {}"),
                "is_me": "on",
                "language": "ru",
            },
        )

    def begin_ad(self, **given):
        """A draft with photos and a paper; its number."""
        self.post("/en/account/listings/new/", {"category": "wheat"})
        mine = self.get("/en/account/listings/").content.decode()
        pk = re.search(r"/account/listings/(\d+)/edit/", mine)[1]
        page = f"/en/account/listings/{pk}"
        self.post(f"{page}/edit/", self.words_of_ad() | {"act": "save"} | given)
        self.post(f"{page}/photos/", photos=sent(self.photo(), f"{self.mark()}.jpg"))
        self.post(
            f"{page}/documents/", documents=sent(self.paper(), f"{self.mark()}.pdf", "text/html")
        )
        return int(pk)

    def words_of_ad(self):
        return {
            "deal_type": "sale",
            "title": self.russian("Пшеница {}"),
            "description": self.mark("Хранится на элеваторе у {}, отгрузка вагонами."),
            "language": "ru",
            "price_kind": "exact",
            "price": "98 500",
            "currency": "KZT",
            "unit": "t",
            "vat": "incl",
            "quantity": "1 200",
            "region": "KZ-39",
            "town": "Рудный",
            "village": self.mark("ток {}"),
            "a.origin": self.mark("поле {}"),
        }

    def change_ad(self, pk):
        page = f"/en/account/listings/{pk}/edit/"
        seen_before = re.search(r'name="seen" value="(\w+)"', self.get(page).content.decode())[1]
        self.post(page, self.words_of_ad() | {"act": "publish", "seen": seen_before})


def seen(answer):
    text = answer.content.decode(errors="replace").partition("<main")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())[:600]
