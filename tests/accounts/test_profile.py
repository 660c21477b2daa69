import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import Address, Phone, User
from tests.accounts.conftest import link_in
from tests.conftest import PASSWORD

PROFILE = "/en/account/profile/"


@pytest.fixture
def browser(client, aigul):
    client.force_login(aigul)
    return client


@pytest.mark.clause("P5.1a")
def test_the_name_in_three_parts_the_activity_and_the_language_can_be_changed(browser, aigul):
    browser.post(
        f"{PROFILE}person/",
        {
            "surname": "Әлімжанова-Петренко",
            "first_name": "Айгүл",
            "patronymic": "Нұрланқызы",
            "activity": "livestock",
            "language": "kk",
        },
    )

    aigul.refresh_from_db()
    assert aigul.get_full_name() == "Әлімжанова-Петренко Айгүл Нұрланқызы"
    assert (aigul.activity, aigul.language) == ("livestock", "kk")
    assert aigul.check_password(PASSWORD)
    assert "Нұрланқызы" in browser.get(PROFILE).content.decode()


@pytest.mark.clause("P5.1a")
def test_every_part_of_the_name_can_be_emptied(browser, aigul):
    browser.post(f"{PROFILE}person/", {"language": "en"})

    aigul.refresh_from_db()
    assert (aigul.surname, aigul.first_name, aigul.patronymic, aigul.activity) == ("", "", "", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("surname", "x" * 81),
        ("first_name", "nul\x00"),
        ("activity", "spying"),
        ("language", "de"),
        ("language", ""),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_there_stays(browser, aigul, field, value):
    response = browser.post(
        f"{PROFILE}person/", {"language": "en", "surname": "New"} | {field: value}
    )

    assert field in response.context["form"].errors
    aigul.refresh_from_db()
    assert aigul.surname == "Сейтқазы"


def test_nobody_becomes_staff_by_adding_fields(browser, aigul):
    browser.post(
        f"{PROFILE}person/",
        {"language": "en", "is_staff": "on", "is_superuser": "on", "email": "evil@example.com"},
    )

    aigul.refresh_from_db()
    assert (aigul.is_staff, aigul.is_superuser, aigul.email) == (False, False, "aigul@example.com")


def test_markup_in_a_name_is_shown_as_typed(browser, aigul):
    browser.post(f"{PROFILE}person/", {"language": "en", "surname": "<script>alert(1)</script>"})

    page = browser.get(PROFILE).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("typed", ["+77012345678", "8 (701) 234-56-78", "7012345678"])
def test_a_phone_is_added_however_it_is_typed(browser, aigul, typed):
    browser.post(f"{PROFILE}phones/add/", {"number": typed, "purpose": "calls"})

    assert str(aigul.phones.get().number) == "+77012345678"
    assert "+7 701 234 5678" in browser.get(PROFILE).content.decode()


def test_who_mistypes_a_phone_is_shown_one_as_the_page_asks_for_it(browser):
    response = browser.post(f"{PROFILE}phones/add/", {"number": "12", "purpose": "calls"})

    [said] = response.context["form"].errors["number"]
    assert "for example +7 701 234 56 78" in said


def test_who_names_no_activity_chooses_words_instead_of_dashes(browser):
    html = browser.get(f"{PROFILE}person/").content.decode()

    assert '<option value="" selected>Not named</option>' in html
    assert "----" not in html


@pytest.mark.parametrize("typed", ["", "12", "+7701234567890123", "not a phone", "9" * 9999])
def test_a_broken_phone_is_refused(browser, aigul, typed):
    response = browser.post(f"{PROFILE}phones/add/", {"number": typed, "purpose": "calls"})

    assert "number" in response.context["form"].errors
    assert not aigul.phones.exists()


def test_the_same_phone_twice_is_refused_in_words(browser, aigul):
    phone = {"number": "+77012345678", "purpose": "calls"}
    browser.post(f"{PROFILE}phones/add/", phone)

    response = browser.post(f"{PROFILE}phones/add/", phone)

    assert "in your list already" in response.content.decode()
    assert aigul.phones.count() == 1


def test_two_people_may_have_the_same_phone(browser, aigul, marat):
    Phone.objects.create(user=marat, number="+77012345678")

    browser.post(f"{PROFILE}phones/add/", {"number": "+77012345678", "purpose": "calls"})

    assert aigul.phones.count() == 1


@pytest.mark.clause("P5.1a", "P1.2d")
def test_a_phone_is_changed_and_removed(browser, aigul):
    phone = Phone.objects.create(user=aigul, number="+77012345678")

    browser.post(f"{PROFILE}phones/{phone.pk}/", {"number": "+77772345678", "purpose": "messenger"})
    phone.refresh_from_db()
    assert (str(phone.number), phone.purpose) == ("+77772345678", "messenger")
    assert browser.get(f"{PROFILE}phones/{phone.pk}/remove/").status_code == 200
    assert aigul.phones.count() == 1
    browser.post(f"{PROFILE}phones/{phone.pk}/remove/")

    assert aigul.phones.count() == 0


@pytest.mark.django_db(transaction=True)
def test_ten_phones_are_the_most_also_when_added_at_once(client, aigul):
    client.force_login(aigul)
    for number in range(8):
        Phone.objects.create(user=aigul, number=f"+7701234560{number}")

    def add(number):
        try:
            return client.__class__(
                HTTP_HOST="localhost",
                headers={"cookie": f"session={client.cookies['session'].value}"},
            ).post(f"{PROFILE}phones/add/", {"number": f"+7701234561{number}", "purpose": "calls"})
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(add, range(5)))

    assert {answer.status_code for answer in answers} == {302}
    assert aigul.phones.count() == Phone.MOST_PER_USER


@pytest.mark.clause("P5.1a", "P1.2e")
@pytest.mark.parametrize("kind", ["residence", "stay", "work"])
def test_each_address_is_added_changed_and_removed(browser, aigul, kind):
    page = f"{PROFILE}addresses/{kind}/"
    others = sorted({"residence", "stay", "work"} - {kind})
    for other in others:
        Address.objects.create(user=aigul, kind=other, region="Ақмола", settlement="Көкшетау")
    browser.post(page, {"region": "Қостанай облысы", "settlement": "Қарабалық"})
    browser.post(page, {"region": "Қостанай облысы", "settlement": "Рудный", "postcode": "111500"})

    assert Address.objects.get(user=aigul, kind=kind).settlement == "Рудный"
    assert "Рудный" in browser.get(PROFILE).content.decode()
    assert browser.get(f"{page}remove/").status_code == 200
    assert aigul.addresses.count() == 3
    browser.post(f"{page}remove/")

    assert sorted(aigul.addresses.values_list("kind", flat=True)) == others


def everything_stored():
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        return "\n".join(
            str(row)
            for table in connection.introspection.table_names(cursor)
            for row in rows_of(cursor, table)
        )


def rows_of(cursor, table):
    cursor.execute(f'SELECT t::text FROM "{table}" t')
    return cursor.fetchall()


@pytest.mark.clause("P1.2d")
def test_of_a_changed_address_and_phone_the_former_ones_are_kept_nowhere(
    sign_in, confirm, aigul, mailoutbox
):
    browser = sign_in(aigul)
    confirm(browser)
    phone = Phone.objects.create(user=aigul, number="+77012345678")
    browser.post("/en/accounts/email/", {"email": "moved@example.com", "action_add": ""})
    browser.post(link_in(mailoutbox[0]))
    browser.post(f"{PROFILE}phones/{phone.pk}/", {"number": "+77772345678", "purpose": "calls"})
    browser.get("/en/account/")  # where the sentences are read that named the address
    changed = everything_stored()

    User.objects.filter(pk=aigul.pk).forget()

    assert "moved@example.com" in changed
    assert "+77772345678" in changed
    assert not re.search(r"aigul@|7012345678", changed)
    assert not re.search(r"moved@|7772345678|aigul@|7012345678", everything_stored())


def test_an_unknown_kind_of_address_is_not_there(browser, aigul):
    assert browser.get(f"{PROFILE}addresses/dacha/").status_code == 404
    assert (
        browser.post(f"{PROFILE}addresses/dacha/", {"region": "x", "settlement": "y"}).status_code
        == 404
    )
    assert not aigul.addresses.exists()


def test_an_address_needs_its_region_and_place(browser, aigul):
    response = browser.post(f"{PROFILE}addresses/work/", {"street": "Абай көшесі, 1"})

    assert set(response.context["form"].errors) == {"region", "settlement"}
    assert not aigul.addresses.exists()


def test_people_are_told_apart_without_naming_them(aigul):
    phone = Phone.objects.create(user=aigul, number="+77012345678")
    address = Address.objects.create(user=aigul, kind="work", region="r", settlement="s")

    assert [str(aigul), str(phone), str(address)] == [
        f"№ {row.pk}" for row in (aigul, phone, address)
    ]
    assert User.objects.get(email="aigul@example.com").subject.user == aigul
