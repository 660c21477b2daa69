from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from listings.expiry import renewal_token
from listings.models import Listing
from moderation.models import Ban, BanMark, Complaint
from moderation.models.ban import known_by
from moderation.tasks import forget_old
from privacy.models import Erasure
from privacy.residue import look_for
from sellers.models import Invitation, Member, Phone, Seller
from tests.accounts.conftest import link_in
from tests.conftest import BIN, PASSWORD

HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}
UNTIL = datetime(2031, 3, 3, 12, 0, tzinfo=ZoneInfo("Asia/Almaty"))
NET = "203.0.113.0/24"
INSIDE = "203.0.113.7"
FOUNDING = {
    "form": "person",
    "name": "Новый",
    "region": "KZ-39",
    "settlement": "Рудный",
    "phone": "+77017654321",
}


@pytest.fixture
def ban():
    def ban(user=None, **value):
        known = dict.fromkeys(["user"], user) if user else known_by(*next(iter(value.items())))
        return Ban.objects.create(reason="Обман покупателей", until=UNTIL, **known)

    return ban


def everything():
    """What an entry could have added or changed."""
    return (
        User.objects.count(),
        list(Seller.objects.order_by("pk").values()),
        list(Phone.objects.order_by("pk").values()),
        list(Member.objects.order_by("pk").values()),
        Invitation.objects.count(),
        Complaint.objects.count(),
    )


def assert_shut_out(answer, before):
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "This is closed to you until 3 March 2031, 12:00" in html
    assert "A moderator has shut you out from publishing" in html
    assert "write to the address below: another moderator answers" in html
    assert "mailto:" in html
    assert everything() == before


def hidden_in(page):
    """What the form for signing up sends along of what it has shown."""
    token = page.content.decode().partition('name="shown" value="')[2].partition('"')[0]
    return {"shown": token} if token else {}


# Every entry, by who stands there.
BY_A_VISITOR = {
    "accounts/signup/": {"email": "new@example.com", "password1": PASSWORD},
    "listing/{ad}/report/": {"reason": "fraud"},
    "sellers/{slug}/phones/": {},
}
BY_AN_ACCOUNT = {"account/seller/create/": FOUNDING}
BY_AN_OWNER = {
    "account/seller/identity/": {"form": "company", "name": "Другой", "number": BIN},
    "account/seller/place/": {"region": "KZ-75", "settlement": "Алматы"},
    "account/seller/about/": {"about_ru": "Новое"},
    "account/seller/hours/": {"opens_0": "08:00", "closes_0": "17:00"},
    "account/seller/shipping/": {"rail": "on"},
    "account/seller/payment/": {"cash": "on"},
    "account/seller/authorised/": {"full_name": "Ким", "position": "директор", "is_me": "on"},
    "account/seller/phones/add/": {"number": "+77017654321"},
    "account/seller/phones/{phone}/": {"number": "+77017654321"},
    "account/seller/members/invite/": {
        "email": "x@example.com",
        "role": "viewer",
        "language": "en",
    },
    "account/seller/members/{member}/role/": {"role": "manager"},
}


def test_every_entry_refuses_whoever_is_shut_out_and_says_until_when(
    client, sign_in, browser, seller, make_listing, make_user, policy, ban, marat
):
    ad = make_listing(seller=seller)
    viewer = Member.objects.create(
        seller=seller, user=make_user("viewer@example.com"), role="viewer"
    )
    numbers = {
        "ad": ad.pk, "slug": seller.slug, "phone": seller.phones.get().pk, "member": viewer.pk,
    }  # fmt: skip
    ban(network=NET)
    before = everything()

    for entries, one in (
        (BY_A_VISITOR, client),
        (BY_AN_ACCOUNT, sign_in(marat)),
        (BY_AN_OWNER, browser),
    ):
        for path, given in entries.items():
            shown = client.get(f"/en/{path.format(**numbers)}", REMOTE_ADDR=INSIDE)
            assert shown.status_code != 403, path
            address = f"/en/{path.format(**numbers)}"
            answer = one.post(address, given | hidden_in(shown), **HERE, REMOTE_ADDR=INSIDE)
            assert_shut_out(answer, before)

    Ban.objects.update(lifted_at=timezone.now())
    answer = browser.post("/en/account/seller/place/", BY_AN_OWNER["account/seller/place/"])
    assert answer.status_code == 302
    assert everything() != before


@pytest.mark.parametrize(
    "known",
    [
        {"email": "aigul@example.com"},
        {"email": "*@example.com"},
        {"phone": "+77012345678"},
        {"bin": BIN},
        {"network": "127.0.0.1/32"},
        {"user": "aigul"},
    ],
    ids="-".join,
)
def test_a_seller_is_shut_out_by_whatever_they_are_known_by(
    browser, seller, aigul, sign_in, make_user, ban, known
):
    ban(**known | ({"user": aigul} if "user" in known else {}))
    colleague = make_user("manager@other.example")
    Member.objects.create(seller=seller, user=colleague, role="manager")
    before = everything()
    given = {"region": "KZ-75", "settlement": "Алматы"}

    assert_shut_out(browser.post("/en/account/seller/place/", given), before)
    if "email" not in known:
        # Nor through a colleague.
        assert_shut_out(sign_in(colleague).post("/en/account/seller/place/", given), before)


@pytest.mark.parametrize(
    ("mask", "email", "fits"),
    [
        ("*@spam.example", "a@spam.example", True),
        ("*@spam.example", "a@mail.spam.example", False),
        ("*@*.spam.example", "A@Mail.Spam.Example", True),
        ("*@*.spam.example", "a@spam.example", True),
        ("a@spam.example", "b@spam.example", False),
        ("*@spam.example", "a@nospam.example", False),
    ],
)
def test_a_mask_of_addresses_keeps_out_those_that_fit(client, policy, mask, email, fits):
    Ban.objects.create(**known_by("email", mask), reason="Спам", until=UNTIL)

    given = {"email": email, "password1": PASSWORD}
    given |= hidden_in(client.get("/en/accounts/signup/"))
    answer = client.post("/en/accounts/signup/", given)

    assert answer.status_code == (403 if fits else 302)
    assert User.objects.exists() != fits


@pytest.mark.parametrize(
    ("network", "address", "fits"),
    [
        ("203.0.113.0/24", "203.0.113.255", True),
        ("203.0.113.0/24", "203.0.114.1", False),
        ("2001:db8::/48", "2001:db8:0:1::5", True),
        ("2001:db8::/48", "2001:db8:1::5", False),
        ("203.0.113.7/32", "::ffff:203.0.113.7", True),
    ],
)
def test_ranges_hold_addresses_of_both_kinds(client, seller, network, address, fits):
    Ban.objects.create(**known_by("network", network), reason="Парсинг", until=None)

    answer = client.post(f"/en/sellers/{seller.slug}/phones/", **HERE, REMOTE_ADDR=address)

    html = answer.content.decode()
    assert ("until a moderator opens it again" in html) == fits
    assert ("701 234 5678" in html) != fits


def test_the_link_of_a_letter_renews_nothing_for_a_seller_who_is_shut_out(
    client, seller, make_listing, ban
):
    ad = make_listing(seller=seller, expires_at=timezone.now() + timedelta(days=1))
    link = f"/en/listing/renew/{renewal_token(seller, [ad])}/"
    ban(bin=BIN)

    assert client.get(link).status_code == 200
    assert client.post(link, **HERE).status_code == 403
    assert Listing.objects.get().expires_at == ad.expires_at


def test_a_ban_that_is_over_or_of_somebody_else_shuts_nobody_out(
    browser, seller, marat, time_machine, ban
):
    ban(user=marat)
    ban(network="198.51.100.0/24")
    Ban.objects.create(
        **known_by("bin", BIN), reason="x", until=timezone.now() - timedelta(seconds=1)
    )

    answer = browser.post("/en/account/seller/place/", {"region": "KZ-75", "settlement": "Алматы"})

    assert answer.status_code == 302
    seller.refresh_from_db()
    assert seller.settlement == "Алматы"


def test_ones_data_and_the_way_out_stay_open(client, browser, seller, aigul, ban, sign_in):
    ban(user=aigul)

    entered = client.post("/en/accounts/login/", {"login": aigul.email, "password": PASSWORD})
    assert entered.status_code == 302
    for path in ("account/", "account/privacy/", "account/seller/", "account/seller/place/"):
        assert browser.get(f"/en/{path}").status_code == 200, path
    phone = seller.phones.get()
    assert browser.post(f"/en/account/seller/phones/{phone.pk}/remove/").status_code == 302
    assert not seller.phones.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Fill in exactly one of the fields above the reason."),
        ({"bin": BIN, "phone": "+77012345678"}, "Fill in exactly one of the fields"),
        ({"email": "spam.example"}, "Write name@host.kz"),
        ({"email": "*@*"}, "Write name@host.kz"),
        ({"network": "203.0.113.0/99"}, "Write an address or a range"),
        ({"network": "0.0.0.0/0"}, "This range is too wide"),
        ({"network": "2000::/3"}, "This range is too wide"),
        ({"bin": "12345"}, "Twelve digits."),
    ],
)
def test_a_ban_that_would_hit_nobody_or_everybody_is_refused(make_moderator, given, said):
    answer = make_moderator().post("/admin/moderation/ban/add/", {"reason": "x"} | given)

    assert said in answer.content.decode()
    assert not Ban.objects.exists()


def test_a_moderator_shuts_out_and_lifts_with_a_trace(make_moderator):
    moderator = make_moderator()

    moderator.post(
        "/admin/moderation/ban/add/", {"network": " 203.0.113.9/24", "reason": "Парсинг"}
    )
    made = Ban.objects.get()
    assert (made.digest, made.by, made.until) == (
        known_by("network", NET)["digest"],
        moderator.user,
        None,
    )
    assert "203.0.113.0/24" in moderator.get("/admin/moderation/ban/").content.decode()

    moderator.post("/admin/moderation/ban/", {"action": "lift", "_selected_action": made.pk})
    made.refresh_from_db()
    assert made.lifted_at is not None
    assert LogEntry.objects.count() == 2
    assert moderator.post(f"/admin/moderation/ban/{made.pk}/delete/").status_code == 403


def test_staff_without_the_right_shut_nobody_out(make_moderator):
    answer = make_moderator("staff@example.com", may=False).post(
        "/admin/moderation/ban/add/", {"network": NET, "reason": "x"}
    )

    assert answer.status_code == 403
    assert not Ban.objects.exists()


def test_what_is_over_is_forgotten(ban, time_machine, seller, make_listing):
    Ban.objects.create(**known_by("bin", BIN), reason="x", until=timezone.now())
    forever = Ban.objects.create(**known_by("network", NET), reason="x")
    ad = make_listing(seller=seller)
    Complaint.objects.create(listing=ad, reason="sold", visitor="x", on=timezone.localdate())

    forget_old()
    assert (Ban.objects.count(), Complaint.objects.count()) == (2, 1)
    time_machine.move_to(timezone.now() + timedelta(days=366))
    forget_old()

    assert Ban.objects.get() == forever
    assert not Complaint.objects.exists()


@pytest.mark.clause("P5.2b")
@pytest.mark.parametrize(
    ("known", "shown"),
    [
        ({"email": "Thief@Example.com"}, "e-mail or a mask of e-mails: •••"),
        ({"email": "*@spam.example"}, "e-mail or a mask of e-mails: *@spam.example"),
        ({"phone": "8 701 234 56 78"}, "phone: •••"),
        ({"bin": "9912 4090 0020"}, "BIN or IIN: •••"),
        ({"network": "203.0.113.77/32"}, "addresses of the net: 203.0.113.0/24 •••"),
    ],
    ids=lambda known: "-".join(known) if isinstance(known, dict) else "",
)
def test_a_ban_keeps_a_digest_by_which_moderators_know_only_whom_they_can_name(
    make_moderator, known, shown
):
    moderator = make_moderator()
    [(kind, value)] = known.items()

    moderator.post("/admin/moderation/ban/add/", known | {"reason": "Обман"})
    [row] = Ban.objects.values()
    named = value.replace("*@", "someone@").removesuffix("/32")
    found = moderator.post("/admin/moderation/ban/look-up/", {"value": named})
    others = moderator.post("/admin/moderation/ban/look-up/", {"value": "+77019999999"})

    kept = " ".join(str(each) for each in row.values())
    # Of a mask of addresses the host says nothing about one person.
    assert shown.endswith(value) or value not in kept
    assert shown in moderator.get("/admin/moderation/ban/").content.decode()
    assert "Обман" in found.content.decode()
    assert "No ban means this." in others.content.decode()


def test_who_may_not_see_bans_looks_nobody_up(make_moderator, ban):
    ban(phone="+77012345678")
    stranger = make_moderator("staff@example.com", may=False)

    answer = stranger.post("/admin/moderation/ban/look-up/", {"value": "+77012345678"})

    assert answer.status_code == 403


@pytest.mark.proof
@pytest.mark.clause("P5.2b")
@pytest.mark.django_db(transaction=True)
def test_bans_of_before_are_digested_and_stay_in_force_there_and_back():
    """Migrating needs tables nobody else is at."""
    values = [("email", "x@a.kz"), ("email", "*@a.kz"), ("phone", "+77012345678"), ("bin", BIN)]
    values += [("network", NET), ("network", "203.0.113.7/32")]
    made = [Ban.objects.create(reason=value, **known_by(kind, value)) for kind, value in values]
    kept = [(each.kind, each.digest, each.hint) for each in made]

    call_command("migrate", "moderation", "0007", verbosity=0)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE moderation_ban SET email_mask='', phone=reason WHERE reason=%s",
                ["+77012345678"],
            )
    finally:
        call_command("migrate", "moderation", verbosity=0)

    found = Ban.objects.order_by("pk").values_list("kind", "digest", "hint")
    assert list(found) == kept


@pytest.mark.clause("P5.2b")
@pytest.mark.django_db(transaction=True)
def test_nobody_escapes_a_ban_by_asking_to_be_forgotten(
    client, make_moderator, browser, seller, aigul, policy, ban, mailoutbox, time_machine
):
    of_account = ban(user=aigul)
    seller.verifications.create(checked_number=True, called_phone=True)
    browser.post("/en/accounts/reauthenticate/", {"password": PASSWORD})
    leave = "/en/account/privacy/leave/erasure/"
    assert "It goes on for as long as it was meant to" in browser.get(leave).content.decode()

    browser.post(leave, {"at_once": "on"})
    call_command("privacy", "erase", "--due")

    erasure = Erasure.objects.get()
    assert (erasure.state, erasure.trouble) == ("done", "")
    assert not User.objects.filter(pk=aigul.pk).exists()
    of_account.refresh_from_db()
    assert (of_account.user, of_account.is_in_force) == (None, True)
    marks = BanMark.objects.filter(ban=of_account)
    assert sorted(marks.values_list("kind", flat=True)) == ["bin", "email", "phone"]
    assert set(marks.values_list("subject", "ban__reason")) == {(None, "")}
    assert not look_for([aigul.email, "+77012345678", BIN])
    certificate = client.get(link_in(mailoutbox[-1])).content.decode()
    assert "Nobody escapes a ban by asking to be forgotten" in certificate
    before = everything()
    typed = {"email": aigul.email, "password1": PASSWORD, "acknowledge": "on"}
    form = hidden_in(client.get("/en/accounts/signup/"))
    assert_shut_out(client.post("/en/accounts/signup/", typed | form), before)
    moderator = make_moderator()
    found = moderator.post("/admin/moderation/ban/look-up/", {"value": aigul.email})
    assert "whose account was deleted" in found.content.decode()

    time_machine.move_to(UNTIL + timedelta(days=31))
    forget_old()

    assert not Ban.objects.exists()
    assert not BanMark.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("P5.2b")
def test_a_ban_never_passes_on_to_whose_numbers_somebody_typed(browser, seller, aigul, policy, ban):
    ban(user=aigul)
    browser.post("/en/accounts/reauthenticate/", {"password": PASSWORD})

    browser.post("/en/account/privacy/leave/erasure/", {"at_once": "on"})
    call_command("privacy", "erase", "--due")

    assert list(BanMark.objects.values_list("kind", flat=True)) == ["email"]
