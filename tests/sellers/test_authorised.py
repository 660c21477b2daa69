import pytest
from django.test import Client

from privacy.models import Subject
from sellers.authorised import remove
from sellers.models import AuthorisedPerson, Seller
from tests.accounts.conftest import link_in
from tests.html import assert_valid

PAGE = "/en/account/seller/authorised/"
PERSON = {
    "full_name": "Оспанов Ерлан",
    "position": "директор",
    "email": "erlan@example.com",
    "language": "ru",
}
FROM_HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.mark.clause("P2.1", "P0.2")
def test_a_colleague_who_is_named_is_a_person_of_their_own_and_told(
    browser, seller, aigul, mailoutbox, client
):
    browser.post(PAGE, PERSON)

    person = AuthorisedPerson.objects.get()
    assert (person.full_name, person.position) == ("Оспанов Ерлан", "директор")
    assert person.subject not in (aigul.subject, None)
    [letter] = mailoutbox
    assert letter.to == ["erlan@example.com"]
    assert "Оспанов Ерлан, директор" in letter.body
    assert "erlan@example.com" not in letter.body
    page = client.get(link_in(letter))
    assert "Оспанов Ерлан" in page.content.decode()
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert_valid(page)
    assert not page.cookies


@pytest.mark.clause("P2.1", "P5.1a")
def test_the_person_removes_themselves_by_the_letter_and_the_company_stays(
    browser, seller, mailoutbox, client
):
    browser.post(PAGE, PERSON)
    person, address = AuthorisedPerson.objects.get(), link_in(mailoutbox[0])
    elsewhere = Client(enforce_csrf_checks=True).post(address, HTTP_ORIGIN="https://evil.example")
    assert elsewhere.status_code == 403
    assert AuthorisedPerson.objects.exists()

    answer = client.post(address, follow=True, **FROM_HERE)

    assert "Здесь о вас ничего не хранится" in answer.content.decode()
    assert not AuthorisedPerson.objects.exists()
    assert not Subject.objects.filter(pk=person.subject_id).exists()
    seller.refresh_from_db()
    assert seller.name == "Жарқын дала"


@pytest.mark.clause("P2.1")
def test_erasing_the_authorised_person_keeps_the_company_with_an_empty_contact(browser, seller):
    browser.post(PAGE, PERSON)
    person = AuthorisedPerson.objects.get()

    remove(AuthorisedPerson.objects.filter(subject=person.subject))

    assert Seller.objects.get() == seller
    assert not AuthorisedPerson.objects.filter(seller=seller).exists()
    assert browser.get("/en/account/seller/").status_code == 200


def test_whoever_is_it_themselves_gets_no_letter(browser, seller, aigul, mailoutbox):
    browser.post(PAGE, PERSON | {"is_me": "on", "email": ""})

    assert AuthorisedPerson.objects.get().subject == aigul.subject
    assert mailoutbox == []
    browser.post(f"{PAGE}remove/")
    assert not AuthorisedPerson.objects.exists()
    aigul.subject.refresh_from_db()


def test_a_new_person_takes_the_place_of_the_former_who_is_forgotten(browser, seller):
    browser.post(PAGE, PERSON)
    former = AuthorisedPerson.objects.get().subject_id

    browser.post(PAGE, PERSON | {"full_name": "Ким Вера"})

    assert AuthorisedPerson.objects.get().full_name == "Ким Вера"
    assert not Subject.objects.filter(pk=former).exists()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("email", {"email": ""}),
        ("email", {"email": "x"}),
        ("full_name", {"full_name": ""}),
        ("full_name", {"full_name": "x" * 161}),
        ("position", {"position": "see www.evil.example"}),
        ("language", {"language": "de"}),
    ],
)
def test_what_cannot_be_is_refused_and_nobody_is_written_to(
    browser, seller, mailoutbox, field, wrong
):
    answer = browser.post(PAGE, PERSON | wrong)

    assert list(answer.context["form"].errors) == [field]
    assert not AuthorisedPerson.objects.exists()
    assert mailoutbox == []


def test_naming_people_is_no_means_to_mail_strangers(browser, seller, mailoutbox):
    for number in range(12):
        answer = browser.post(PAGE, PERSON | {"email": f"{number}@example.com"})

    assert "Try again tomorrow" in answer.content.decode()
    assert len(mailoutbox) == 10


@pytest.mark.parametrize("key", ["1", "1:forged", "x", "٣:x", "%00:x"])
def test_a_link_nobody_gave_out_shows_and_removes_nobody(browser, seller, client, key):
    browser.post(PAGE, PERSON)
    address = f"/en/sellers/{seller.slug}/person/{key}/"

    assert "Оспанов" not in client.get(address).content.decode()
    client.post(address, **FROM_HERE)

    assert AuthorisedPerson.objects.exists()


def test_a_proprietor_signs_for_themselves(make_seller, aigul, sign_in):
    make_seller(form="sole", owner=aigul)

    assert sign_in(aigul).get(PAGE).status_code == 404


@pytest.mark.clause("P3.2")
def test_the_authorised_person_stands_on_no_page_for_everybody(browser, seller, client):
    browser.post(PAGE, PERSON)

    for page in ("/en/sellers/", seller.get_absolute_url()):
        assert "Оспанов" not in client.get(page).content.decode()
