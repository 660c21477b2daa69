"""Whatever people type, and whatever breaks, leaves nothing of them beside the tables."""

import ast
import io
import json
import logging
import re
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import pytest
from allauth.account.models import EmailConfirmationHMAC
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import User
from kazvek.logs import ALLOWED, JsonFormatter
from kazvek.urls import handler404, handler500, urlpatterns  # noqa: F401 this module is a URLconf
from letters.models import Letter
from letters.tasks import send

PASSWORD = "steppe wind over barley"
# Nowhere but in the database may any of these be found.
CANARIES = {
    "email": "canary.aigul@farm-example.kz",
    "surname": "Сейтқазыканар",
    "phone": "+77015559173",
    "password": "canary barley under snow",
    "address": "203.0.113.197",
}


def crash(request):
    raise RuntimeError(f"{CANARIES['surname']} <{CANARIES['email']}> {CANARIES['phone']}")


def crash_in_sql(request):
    with transaction.atomic():
        User.objects.create_user(CANARIES["email"])
        User.objects.create_user(CANARIES["email"])
    return HttpResponse()


def chatter(request):
    """As libraries do it."""
    library = logging.getLogger("library")
    record = library.makeRecord(
        "library",
        logging.ERROR,
        "/lib/library.py",
        7,
        f"no such user {CANARIES['email']}",
        (),
        None,
    )
    library.handle(record)
    library.error("no such user %s", CANARIES["email"], extra={"user": CANARIES["surname"]})
    library.error(ValueError(CANARIES["phone"]))
    return HttpResponse()


urlpatterns = [
    *urlpatterns,
    path("crash/", crash),
    path("crash-in-sql/", crash_in_sql),
    path("chatter/", chatter),
]


@pytest.fixture
def log():
    """Everything that is logged, as the portal writes it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


class Visitor(Client):
    """Remembers where it was sent."""

    def request(self, **request):
        response = super().request(**request)
        self.went_to.append(response.headers.get("Location", ""))
        return response

    @cached_property
    def went_to(self):
        return []


@pytest.fixture
def visitor():
    return Visitor(
        HTTP_HOST="localhost",
        REMOTE_ADDR=CANARIES["address"],
        HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        raise_request_exception=False,
    )


@pytest.fixture
def queue():
    """What waits at the broker for a worker; in tests nobody takes it."""
    with current_app.connection_for_write() as connection:
        server = connection.default_channel.client
        yield lambda: [
            message.decode()
            for name in ("mail", "default", "media", "privacy")
            for message in server.lrange(name, 0, -1)
        ]


def assert_no_canary(text):
    text = text.lower()
    for name, canary in CANARIES.items():
        for spelling in (canary, quote(canary), json.dumps(canary)[1:-1]):
            assert spelling.lower() not in text, name


def cached():
    """Every key and value of the cache."""
    server = caches["default"]._cache.get_client()
    for key in server.scan_iter(f"{caches['default'].key_prefix}:*"):
        yield f"{key.decode()} {server.get(key)!r}"


@pytest.mark.clause("P2.2", "P1.4b")
@pytest.mark.urls(__name__)
@pytest.mark.django_db(transaction=True)
def test_signing_up_and_in_and_every_way_to_fail_leave_no_trace(
    visitor, log, queue, settings, policy
):
    settings.EMAIL_BACKEND = "letters.backend.OutboxBackend"
    address = {"email": CANARIES["email"]}
    shown = visitor.get("/en/accounts/signup/").context["form"].shown
    signup = address | {"password1": CANARIES["password"], "shown": shown}
    visitor.post("/en/accounts/signup/", signup)
    user = User.objects.get(email=CANARIES["email"])
    key = EmailConfirmationHMAC(user.emailaddress_set.get()).key
    confirmation = f"/en/accounts/confirm-email/{key}/"
    visitor.get(confirmation)
    visitor.post(confirmation)
    visitor.post("/en/accounts/logout/")
    login = {"login": CANARIES["email"], "password": "wrong"}
    for _ in range(3):
        visitor.post("/en/accounts/login/", login)
    signed_in = visitor.post("/en/accounts/login/", login | {"password": CANARIES["password"]})
    visitor.post("/en/account/profile/person/", {"surname": CANARIES["surname"], "language": "en"})
    visitor.post(
        "/en/account/profile/phones/add/", {"number": CANARIES["phone"], "purpose": "calls"}
    )
    visitor.post("/en/accounts/logout/")
    visitor.post("/en/accounts/password/reset/", address)
    visitor.post("/en/accounts/signup/", signup)
    for _ in range(7):
        visitor.post("/en/accounts/login/", login)

    user.refresh_from_db()
    assert signed_in.status_code == 302
    assert user.surname == CANARIES["surname"]
    assert user.phones.get().number == CANARIES["phone"]
    assert Letter.objects.filter(recipient=CANARIES["email"]).count() >= 2
    assert log.getvalue().count('"event": "request"') >= 14
    assert_no_canary(log.getvalue())
    assert any(visitor.went_to)
    assert_no_canary("\n".join(visitor.went_to))
    keys = list(cached())
    assert keys
    assert_no_canary("\n".join(keys))
    waiting = queue()
    assert waiting
    assert_no_canary("\n".join(waiting))


@pytest.mark.clause("P2.2")
@pytest.mark.urls(__name__)
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/en/no-such-page/{CANARIES['email']}/", 404),
        (f"/{quote(CANARIES['surname'])}", 404),
        (f"/en/help/?email={CANARIES['email']}&phone={quote(CANARIES['phone'])}", 200),
        (f"/en/account/?next={CANARIES['email']}", 302),
        ("/crash/", 500),
        ("/crash-in-sql/", 500),
        ("/chatter/", 200),
    ],
)
def test_what_stands_in_an_address_or_an_exception_is_not_logged(visitor, log, address, status):
    response = visitor.get(address)

    assert response.status_code == status
    assert '"event": "request"' in log.getvalue()
    assert_no_canary(log.getvalue())
    if status == 500:
        assert CANARIES["email"] not in response.content.decode()
        [line] = [json.loads(text) for text in log.getvalue().splitlines() if "exception" in text]
        assert line["exception"] in ("RuntimeError", "IntegrityError")


def test_a_host_that_is_not_ours_is_not_logged(visitor, log):
    visitor.get("/en/", headers={"host": f"{CANARIES['email']}.example"})

    assert log.getvalue()
    assert_no_canary(log.getvalue())


@pytest.mark.django_db
def test_a_task_that_fails_is_logged_without_its_data(log):
    @current_app.task(name="mutant.fails")
    def fails():
        raise IntegrityError(f"Key (email)=({CANARIES['email']}) exists")

    logging.getLogger("celery.app.trace").disabled = False
    try:
        result = fails.apply()
    finally:
        current_app.tasks.unregister("mutant.fails")

    assert result.failed()
    assert "IntegrityError" in log.getvalue()
    assert_no_canary(log.getvalue())


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_cannot_be_sent_is_logged_by_its_number(log, settings):
    settings.EMAIL_BACKEND = "letters.backend.OutboxBackend"
    settings.LETTERS_MAILER = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    send_mail("Canary", CANARIES["surname"], None, [CANARIES["email"]])
    letter = Letter.objects.get()

    send(letter.pk)

    letter.refresh_from_db()
    assert letter.error == "ConnectionRefusedError"
    assert f'"letter": {letter.pk}' in log.getvalue()
    assert_no_canary(log.getvalue())


def test_only_keys_of_the_allow_list_are_written(log):
    allowed = set(ALLOWED) - {"request_id"}  # set by the middleware alone
    extra = dict.fromkeys(allowed, "x") | {"email": CANARIES["email"]}

    logging.getLogger("kazvek.test").error("words of ours", extra=extra)

    line = json.loads(log.getvalue())
    assert line.keys() == {"at", "level", "logger", "event", *allowed}
    assert line["event"] == "words of ours"


def test_a_traceback_shows_where_and_not_what(log):
    try:
        secret = CANARIES["phone"]
        int(secret + "x")
    except ValueError:
        logging.getLogger("library").exception("broken")

    line = json.loads(log.getvalue())
    assert line["exception"] == "ValueError"
    assert re.search(r"test_traces\.py:\d+ test_a_traceback", line["frames"][-1])
    assert_no_canary(log.getvalue())


@pytest.mark.clause("P1.1")
def test_our_code_hands_the_log_no_key_that_is_not_allowed():
    handed = {
        (file.name, key.value)
        for app in apps.get_app_configs()
        if Path(app.path).parent == settings.BASE_DIR
        for file in Path(app.path).rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.keyword)
        and call.arg == "extra"
        and isinstance(call.value, ast.Dict)
        for key in call.value.keys
    }

    assert ("middleware.py", "route") in handed
    assert {key for _file, key in handed} <= set(ALLOWED)
