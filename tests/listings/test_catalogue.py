"""What the rest of the portal learns about the catalogue, and when."""

import pytest
from django.db import OperationalError, connection

from listings.catalogue import current_catalogue, forget_catalogue
from listings.models import Attribute, Category, CategoryAttribute, Choice, DealType
from tests.listings.conftest import look_again


def of(slug):
    catalogue = current_catalogue()
    return catalogue, catalogue.by_slug[slug]


def asked(slug):
    catalogue, category = of(slug)
    return [question.attribute.code for question in catalogue.attributes_of(category)]


def facts(slug):
    catalogue, category = of(slug)
    return [question.attribute.code for question in catalogue.facts_of(category)]


def use(category, attribute, **fields):
    CategoryAttribute.objects.update_or_create(
        category=Category.objects.get(slug=category),
        attribute=Attribute.objects.get(code=attribute),
        defaults=fields,
    )
    forget_catalogue()


def test_a_category_asks_its_own_attributes_and_then_those_it_inherits(small):
    assert asked("wheat") == ["grade", "protein", "crop_year", "hard"]
    assert asked("barley") == asked("grain") == ["crop_year", "hard"]
    assert asked("tractors") == []


def test_an_inherited_attribute_is_hidden_or_made_required_further_down(small):
    use("barley", "hard", is_hidden=True)
    use("barley", "crop_year", is_required=True)

    catalogue, barley = of("barley")

    assert asked("barley") == ["crop_year"]
    assert catalogue.attributes_of(barley)[0].is_required
    assert asked("wheat") == ["grade", "protein", "crop_year", "hard"]


def test_archived_attributes_and_choices_are_asked_no_more_but_still_known(small):
    Attribute.objects.filter(code="protein").update(is_archived=True)
    Choice.objects.filter(code="one").update(is_archived=True)
    forget_catalogue()

    catalogue, wheat = of("wheat")

    assert asked("wheat") == ["grade", "crop_year", "hard"]
    assert [choice.code for choice in catalogue.attributes_of(wheat)[0].choices] == ["two"]
    assert {choice.code for choice in catalogue.choices.values()} == {"one", "two"}


def test_a_list_of_choices_without_any_is_not_asked(small):
    Choice.objects.update(is_archived=True)
    forget_catalogue()

    assert asked("wheat") == ["protein", "crop_year", "hard"]


def test_the_row_shows_the_first_six_filters_unless_the_category_names_others(catalogue):
    usual = ["wheat_class", "protein_pct", "gluten_pct", "falling_number_s", "test_weight_gl"]
    assert facts("wheat") == [*usual, "crop_year"]

    Attribute.objects.filter(code="protein_pct").update(is_filterable=False)
    forget_catalogue()
    assert facts("wheat") == [usual[0], *usual[2:], "crop_year", "moisture_pct"]

    use("wheat", "moisture_pct", fact=1)
    use("wheat", "gluten_pct", fact=2)
    assert facts("wheat") == ["moisture_pct", "gluten_pct"]


def test_facts_named_above_hold_below(small):
    use("grain", "hard", fact=1)

    assert facts("wheat") == facts("barley") == ["hard"]


def test_a_year_without_a_largest_ends_with_the_next_one(small, time_machine):
    time_machine.move_to("2031-05-05")

    catalogue, barley = of("barley")

    assert [int(limit) for limit in catalogue.attributes_of(barley)[0].limits] == [2018, 2032]


def test_what_is_let_is_priced_by_time_and_what_is_sold_is_not(catalogue):
    known, tractors = of("tractors")

    assert known.units_of(tractors, DealType.RENT) == ["hour", "shift", "day", "month"]
    assert known.units_of(tractors, DealType.SALE) == ["piece", "kg", "set"]
    assert known.units_of(known.by_slug["wheat"], DealType.SALE) == ["t", "centner", "kg"]
    assert "hour" in known.units_of(known.by_slug["machinery-rental"], DealType.SERVICE)


def test_an_archived_category_takes_what_is_below_out_of_the_tree(small):
    Category.objects.filter(slug="grain").update(is_archived=True)
    forget_catalogue()

    catalogue, wheat = of("wheat")

    assert [section.slug for section in catalogue.sections] == ["machines"]
    assert not catalogue.is_open(wheat)


def test_the_catalogue_is_read_once_and_then_only_its_version(small, django_assert_num_queries):
    with django_assert_num_queries(
        6
    ):  # the version, categories, uses, attributes, choices, regions
        current_catalogue()

    with django_assert_num_queries(0):
        current_catalogue()

    look_again()
    with django_assert_num_queries(1):
        current_catalogue()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE listings_category SET name_en = 'Changed'",
        "UPDATE listings_attribute SET name_en = 'Changed'",
        "UPDATE listings_choice SET name_en = 'Changed'",
        "DELETE FROM listings_categoryattribute",
    ],
)
def test_any_change_of_the_tables_is_noticed_within_a_second(small, sql):
    before = current_catalogue()
    with connection.cursor() as cursor:
        cursor.execute(sql)

    look_again()

    assert current_catalogue() is not before


def test_without_the_database_the_catalogue_is_as_last_known(small):
    before = current_catalogue()
    look_again()

    with connection.execute_wrapper(is_away):
        assert current_catalogue() is before


def test_a_catalogue_never_read_is_an_outage_and_not_an_empty_one(client, small):
    client.raise_request_exception = False

    with connection.execute_wrapper(is_away):
        page = client.get("/en/listings/wheat/")
        frame = client.get("/en/help/")

    assert page.status_code == 503
    assert frame.status_code == 200
    assert client.get("/en/listings/wheat/").status_code == 200


def is_away(*args):
    raise OperationalError("the database is away")
