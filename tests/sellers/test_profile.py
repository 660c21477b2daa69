from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from sellers.models import FormerSlug, Member, Phone, Seller
from tests.conftest import BIN, IIN, PASSWORD

PAGE = "/en/account/seller/"
COMPANY = {
    "form": "company",
    "name": "Жарқын дала",
    "number": BIN,
    "region": "KZ-39",
    "settlement": "Рудный",
}


def test_one_short_step_makes_a_seller_with_a_page_for_everybody(browser, aigul, client):
    browser.post(f"{PAGE}create/", COMPANY | {"phone": "8 701 234 56 78"})

    seller = Seller.objects.get()
    assert (seller.bin, seller.iin, seller.subject) == (BIN, "", None)
    assert Member.objects.get().role == Member.Role.OWNER
    assert Member.objects.get().user == aigul
    assert str(Phone.objects.get().number) == "+77012345678"
    assert seller.slug == "zharkyn-dala"
    assert "Жарқын дала" in client.get("/en/sellers/zharkyn-dala/").content.decode()
    assert "Жарқын дала" in browser.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("form", "number", "bin", "iin"),
    [
        ("company", f" {BIN[:6]} {BIN[6:]} ", BIN, ""),
        ("sole", IIN, "", IIN),
        ("person", IIN, "", IIN),
        ("person", "", "", ""),
    ],
)
def test_each_form_keeps_its_number_where_it_belongs(browser, aigul, form, number, bin, iin):
    browser.post(f"{PAGE}create/", COMPANY | {"form": form, "number": number})

    seller = Seller.objects.get()
    assert (seller.bin, seller.iin) == (bin, iin)
    assert seller.subject == (None if form == "company" else aigul.subject)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("number", {"number": ""}),
        ("number", {"number": "123"}),
        ("number", {"number": BIN[:11] + str((int(BIN[11]) + 1) % 10)}),
        ("number", {"number": IIN}),
        ("number", {"form": "sole", "number": BIN}),
        ("number", {"form": "sole", "number": ""}),
        ("number", {"form": "person", "number": "990231500019"}),
        ("form", {"form": "spy"}),
        ("form", {"form": ""}),
        ("name", {"name": " \u200b\t"}),
        ("name", {"name": "«»"}),
        ("name", {"name": "x" * 161}),
        ("name", {"name": "Win! https://evil.example"}),
        ("region", {"region": "KZ-99"}),
        ("region", {"region": ""}),
        ("settlement", {"settlement": ""}),
        ("settlement", {"settlement": "nul\x00"}),
        ("phone", {"phone": "12"}),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_makes_nothing(browser, field, wrong):
    response = browser.post(f"{PAGE}create/", COMPANY | wrong)

    assert list(response.context["form"].errors) == [field]
    assert "Nothing has been saved" in response.content.decode()
    assert not Seller.objects.exists()


def test_what_is_invisible_in_a_name_is_left_out(browser):
    browser.post(f"{PAGE}create/", COMPANY | {"name": "Agro\u202e\r\nSubject:  Trade"})

    assert Seller.objects.get().name == "Agro Subject: Trade"


@pytest.mark.django_db(transaction=True)
def test_a_button_pressed_five_times_at_once_makes_one_seller(sign_in, aigul):
    browsers = [sign_in(aigul) for _ in range(5)]

    def press(browser):
        try:
            return browser.post(f"{PAGE}create/", COMPANY).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(press, browsers))

    assert set(answers) == {302}
    assert Seller.objects.get().members.get().user == aigul


@pytest.mark.django_db(transaction=True)
def test_sellers_of_the_same_name_at_once_get_addresses_of_their_own(sign_in, make_user):
    browsers = [sign_in(make_user(f"{number}@example.com")) for number in range(4)]

    def press(browser):
        try:
            return browser.post(f"{PAGE}create/", COMPANY).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(press, browsers))

    assert answers == [302] * 4
    slugs = sorted(Seller.objects.values_list("slug", flat=True))
    assert slugs == ["zharkyn-dala", "zharkyn-dala-2", "zharkyn-dala-3", "zharkyn-dala-4"]


def test_a_new_name_moves_the_page_and_every_former_address_leads_there(browser, seller, client):
    identity = {"form": "company", "number": BIN}
    for name in ("Степь", "Алтын дән"):
        browser.post(f"{PAGE}identity/", identity | {"name": name})

    for slug in ("zharkyn-dala", "step"):
        answer = client.get(f"/kk/sellers/{slug}/")
        assert (answer.status_code, answer["Location"]) == (301, "/kk/sellers/altyn-dan/")
    assert client.get("/kk/sellers/altyn-dan/").status_code == 200


def test_a_former_address_is_given_to_nobody_else_and_back_to_its_seller(
    browser, seller, make_seller
):
    browser.post(f"{PAGE}identity/", {"form": "company", "number": BIN, "name": "Степь"})

    other = make_seller("Жарқын дала")
    browser.post(f"{PAGE}identity/", {"form": "company", "number": BIN, "name": "Жарқын дала"})

    assert other.slug == "zharkyn-dala-2"
    seller.refresh_from_db()
    assert seller.slug == "zharkyn-dala"
    assert FormerSlug.objects.get().slug == "step"


def test_a_name_without_a_letter_of_ours_has_an_address_all_the_same(make_seller):
    assert make_seller("有限公司").slug == "seller"
    assert make_seller("公司").slug == "seller-2"


def test_a_company_becomes_a_proprietor_who_must_give_an_iin(browser, seller, aigul):
    identity = {"form": "sole", "name": seller.name, "number": ""}
    refused = browser.post(f"{PAGE}identity/", identity)
    assert "A sole proprietor has an IIN" in refused.content.decode()
    seller.refresh_from_db()
    assert (seller.form, seller.bin) == ("company", BIN)

    browser.post(f"{PAGE}identity/", identity | {"number": IIN, "pays_vat": "on"})

    seller.refresh_from_db()
    assert (seller.form, seller.bin, seller.iin) == ("sole", "", IIN)
    assert (seller.subject, seller.pays_vat) == (aigul.subject, True)


def test_an_iin_is_kept_unseen_until_it_is_replaced_or_removed(browser, make_seller, aigul):
    seller = make_seller(form="person", iin=IIN, owner=aigul)
    identity = {"form": "person", "name": "Айгүл"}

    page = browser.get(f"{PAGE}identity/").content.decode()
    browser.post(f"{PAGE}identity/", identity)

    assert IIN not in page
    assert IIN[-4:] in page
    seller.refresh_from_db()
    assert seller.iin == IIN
    browser.post(f"{PAGE}identity/", identity | {"forget_number": "on"})
    seller.refresh_from_db()
    assert seller.iin == ""


def test_the_other_parts_are_changed_one_by_one(browser, seller):
    browser.post(
        f"{PAGE}place/", {"region": "KZ-11", "settlement": "Зеренді", "street": "Мектеп, 7"}
    )
    browser.post(
        f"{PAGE}about/", {"about_kk": "Бидай", "about_ru": "Пшеница", "website": "example.kz"}
    )

    seller.refresh_from_db()
    assert (seller.region_id, seller.settlement, seller.street) == ("KZ-11", "Зеренді", "Мектеп, 7")
    assert (seller.about_kk, seller.about_ru, seller.about_en) == ("Бидай", "Пшеница", "")
    assert seller.website == "https://example.kz"
    browser.post(f"{PAGE}about/", {"about_kk": "", "website": ""})
    seller.refresh_from_db()
    assert (seller.about_kk, seller.website) == ("", "")


@pytest.mark.parametrize(
    "website",
    [
        "javascript:alert(1)",
        "ftp://example.kz",
        "https://x:y@example.kz",
        "x",
        "https://" + "x" * 300,
    ],
)
def test_a_website_that_is_none_is_refused(browser, seller, website):
    response = browser.post(f"{PAGE}about/", {"website": website})

    assert "website" in response.context["form"].errors
    seller.refresh_from_db()
    assert seller.website == ""


def test_colleagues_in_different_parts_do_not_undo_each_other(browser, seller, join, sign_in):
    manager = sign_in(join(seller, "manager"))
    stale = Seller.objects.get()

    manager.post(f"{PAGE}about/", {"about_ru": "Пшеница"})
    stale.street = "Абай, 1"
    stale.save(update_fields=["street", "changed_at"])
    browser.post(f"{PAGE}place/", {"region": "KZ-39", "settlement": "Рудный"})

    seller.refresh_from_db()
    assert (seller.about_ru, seller.street) == ("Пшеница", "")


def test_phones_are_added_changed_and_removed(browser, seller):
    browser.post(f"{PAGE}phones/add/", {"number": "8 777 234 56 78", "note": "Элеватор"})
    phone = seller.phones.get(note="Элеватор")

    browser.post(f"{PAGE}phones/{phone.pk}/", {"number": "+77772345678", "note": "Склад"})
    twice = browser.post(f"{PAGE}phones/add/", {"number": "+77772345678"})

    phone.refresh_from_db()
    assert (str(phone.number), phone.note) == ("+77772345678", "Склад")
    assert "in your list already" in twice.content.decode()
    assert browser.get(f"{PAGE}phones/{phone.pk}/remove/").status_code == 200
    assert seller.phones.count() == 2
    browser.post(f"{PAGE}phones/{phone.pk}/remove/")
    assert seller.phones.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_phones_are_the_most_also_when_added_at_once(sign_in, seller, aigul):
    for number in range(7):
        Phone.objects.create(seller=seller, number=f"+7701234560{number}")
    browsers = [sign_in(aigul) for _ in range(5)]

    def add(number):
        try:
            phone = {"number": f"+7701234561{number}"}
            return browsers[number].post(f"{PAGE}phones/add/", phone).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(add, range(5)))

    assert set(answers) == {302}
    assert seller.phones.count() == Phone.MOST_PER_SELLER


def test_closing_asks_who_it_is_and_deletes_everything_but_the_account(browser, seller, aigul):
    browser.post(f"{PAGE}close/")
    assert Seller.objects.exists()

    browser.post("/en/accounts/reauthenticate/", {"password": PASSWORD})
    browser.post(f"{PAGE}close/")

    assert not Seller.objects.exists()
    assert not Phone.objects.exists()
    assert not Member.objects.exists()
    aigul.refresh_from_db()
    assert Client().get("/en/sellers/zharkyn-dala/").status_code == 404
