"""Who runs the portal: one record, used everywhere."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.template.loader import render_to_string

from privacy.bin import validate_bin
from privacy.models import ControllerIdentity
from privacy.operator import FALLBACK, current_operator, forget_operator


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    forget_operator()
    yield
    forget_operator()


def footer(client):
    return client.get("/en/").content.decode().partition("footer__law")[2]


@pytest.mark.clause("P0.1")
def test_one_change_of_the_record_changes_policy_page_footer_and_letters(
    client, operator, publish_version
):
    publish_version("privacy")
    forget_operator()
    before = [
        client.get("/kk/privacy/").content.decode(),
        footer(client),
        render_to_string("letters/base.txt"),
    ]

    operator.name, operator.bin, operator.address_kk = "Dala Trade", "010240000010", "Жаңа мекенжай"
    operator.save()
    forget_operator()
    after = [
        client.get("/kk/privacy/").content.decode(),
        footer(client),
        render_to_string("letters/base.txt"),
    ]

    for text_before, text_after in zip(before, after, strict=True):
        assert "VECTOR&#x27;KZ" in text_before or "VECTOR'KZ" in text_before
        assert "Dala Trade" not in text_before
        assert "Dala Trade" in text_after
    assert "Жаңа мекенжай" in after[0]
    assert "010240000010" in after[0]
    assert "010240000010" in after[1]


def test_the_record_is_read_once_a_minute(
    client, operator, catalogue_is_known, django_assert_num_queries
):
    with django_assert_num_queries(1):
        current_operator()
        current_operator()
        client.get("/en/help/")


@pytest.mark.django_db
def test_a_page_of_an_error_needs_no_record(client):
    def is_away(*args):
        raise OperationalError("the database is away")

    with connection.execute_wrapper(is_away):
        response = client.get("/en/no-such-page/")

    assert response.status_code == 404
    assert b"VECTOR&#x27;KZ" in response.content


def test_without_a_record_the_portal_still_says_whose_it_is(db):
    assert current_operator() is FALLBACK
    assert current_operator().site == "kazvek.com"


def test_there_is_one_record(operator):
    another = {
        field.attname: getattr(operator, field.attname) for field in ControllerIdentity._meta.fields
    } | {"id": 2}

    with pytest.raises(IntegrityError), transaction.atomic():
        ControllerIdentity.objects.create(**another)

    assert ControllerIdentity.objects.get() == operator


@pytest.mark.clause("P0.1")
@pytest.mark.parametrize("name", ["name", "bin", "email", "phone", "data_protection_contact"])
def test_the_record_has_no_gaps(operator, name):
    with pytest.raises(IntegrityError), transaction.atomic():
        ControllerIdentity.objects.update(**{name: ""})
    setattr(operator, name, "")
    with pytest.raises(ValidationError, match=name):
        operator.full_clean()

    operator.refresh_from_db()
    assert getattr(operator, name)


@pytest.mark.clause("P0.1")
def test_a_published_policy_without_an_operator_fails_the_check(publish_version):
    publish_version("privacy")
    call_command("check", databases=["default"], tags=["database"])
    ControllerIdentity.objects.all().delete()

    with pytest.raises(CommandError, match=r"privacy\.E001"):
        call_command("check", databases=["default"], tags=["database"])


@pytest.mark.parametrize("number", ["941240000193", "971240001315", "000140000002"])
def test_a_bin_is_known_by_its_last_digit(number):
    validate_bin(number)

    for digit in "0123456789":
        if digit != number[-1]:
            with pytest.raises(ValidationError):
                validate_bin(number[:-1] + digit)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "94124000019",
        "9412400001933",
        "94124000019x",
        "٩٤١٢٤٠٠٠٠١٩٣",
        "941340000193",
        " 41240000193",
    ],
)
def test_what_is_no_bin_is_refused(number):
    with pytest.raises(ValidationError):
        validate_bin(number)
