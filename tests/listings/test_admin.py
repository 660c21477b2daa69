from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from kazvek.demo import MODERATOR
from listings.catalogue import current_catalogue
from listings.models import Attribute, Category, CategoryAttribute, Choice
from tests.admin_forms import form_of, page_of, save

CATEGORIES = reverse("admin:listings_category_changelist")


def by(slug):
    return Category.objects.get(slug=slug)


@pytest.mark.parametrize("question", ["бид", "пшениц", "wheat"])
def test_a_category_is_found_by_its_name_in_any_language(staff, catalogue, question):
    html = staff.get(CATEGORIES, {"q": question}).content.decode()

    assert page_of(by("wheat")) in html
    assert page_of(by("tractors")) not in html


def test_the_list_reads_as_a_tree(staff, small):
    html = staff.get(CATEGORIES).content.decode()

    places = [html.index(page_of(category)) for category in Category.objects.order_by("place")]
    assert places == sorted(places)
    assert "\N{EM SPACE}\N{EM SPACE}Wheat</a>" in html


def test_the_list_takes_the_same_queries_for_few_and_many(
    staff, catalogue, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):
        staff.get(CATEGORIES)


@pytest.mark.parametrize("query", ["_facets", "section=9" + "9" * 20, "section=²", "section=x"])
def test_the_filter_by_section_counts_and_takes_no_number_that_is_none(staff, small, query):
    answer = staff.get(f"/admin/listings/category/?{query}")

    assert answer.status_code == 200
    assert "Tractors" in answer.content.decode()


def test_the_filter_by_section_shows_what_stands_below_it(staff, small):
    grain = Category.objects.get(slug="grain")

    html = staff.get(f"/admin/listings/category/?section={grain.pk}").content.decode()

    assert "Wheat" in html
    assert "Tractors" not in html


def test_a_category_shows_what_it_inherits_and_its_row(staff, small):
    html = staff.get(page_of(by("wheat"))).content.decode()

    assert "<li>Crop_year (Grain)</li><li>Hard (Grain)</li>" in html
    assert "Grade, Protein, Crop_year, Hard" in html


def test_saving_a_category_as_it_stands_changes_nothing(staff, catalogue):
    before = Category.objects.filter(slug="tractors").values().get()

    response = save(staff, by("tractors"))

    assert "was changed successfully" in response.content.decode()
    assert Category.objects.filter(slug="tractors").values().get() == before


def test_a_category_moves_with_all_below_it_and_everybody_sees_it(staff, small):
    save(staff, by("grain"), parent=by("machines").pk)

    assert by("wheat").ancestors == [by("machines").pk, by("grain").pk]
    assert [section.slug for section in current_catalogue().sections] == ["machines"]


@pytest.mark.parametrize("parent", ["grain", "wheat"])
def test_a_category_cannot_move_under_itself(staff, small, parent):
    before = list(Category.objects.values())

    response = save(staff, by("grain"), parent=by(parent).pk)

    assert "A category cannot stand under itself." in response.content.decode()
    assert list(Category.objects.values()) == before


@pytest.mark.django_db(transaction=True)
def test_two_editors_who_move_two_categories_under_each_other_make_no_loop(staff, small):
    moves = []
    for moved, parent in [("wheat", "barley"), ("barley", "wheat")]:
        page = page_of(by(moved))
        moves.append((page, form_of(staff.get(page)) | {"parent": by(parent).pk}))
    both_ready = Barrier(2)

    def move(page, facts):
        editor = Client()
        editor.cookies = staff.cookies
        both_ready.wait()
        try:
            return editor.post(page, facts).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda one: move(*one), moves))

    assert set(answers) <= {200, 302}
    assert sum(by(slug).parent.slug != "grain" for slug in ("wheat", "barley")) == 1
    assert [by(slug).place for slug in ("grain", "machines")] == [0, 3]


def test_a_category_cannot_move_too_deep(staff, small):
    before = list(Category.objects.values())

    response = save(staff, by("grain"), parent=by("tractors").pk)

    assert "the catalogue has three levels" in response.content.decode()
    assert list(Category.objects.values()) == before


def test_a_usual_unit_that_is_not_allowed_is_refused(staff, small):
    response = save(staff, by("wheat"), price_unit="piece")

    assert "The usual unit is not among the units of the price." in response.content.decode()
    assert by("wheat").price_unit == "t"


def test_a_new_category_takes_its_place_in_the_tree(staff, small):
    page = reverse("admin:listings_category_add")
    facts = {
        "parent": by("grain").pk,
        "slug": "rye",
        "name_kk": "Қара бидай",
        "name_ru": "Рожь",
        "name_en": "Rye",
        "position": "7",
        "deal_types": ["sale"],
        "units": ["t"],
        "price_unit": "t",
    }

    response = staff.post(page, form_of(staff.get(page)) | facts, follow=True)

    assert "was added successfully" in response.content.decode()
    assert by("rye").ancestors == [by("grain").pk]
    assert by("rye").place == 3
    assert staff.get("/en/listings/rye/").status_code == 200


def test_an_icon_that_nobody_can_draw_is_refused(staff, small):
    for icon in ("no-such-icon", "../../secret", "<svg>"):
        response = save(staff, by("wheat"), icon=icon)
        assert "errornote" in response.content.decode()

    assert by("wheat").icon == "wheat"


def test_categories_are_archived_together_and_never_deleted(staff, small):
    chosen = [by("wheat").pk, by("barley").pk]

    staff.post(CATEGORIES, {"action": "archive", "_selected_action": chosen})

    assert by("wheat").is_archived
    assert by("barley").is_archived
    assert LogEntry.objects.count() == 2
    assert "delete_selected" not in staff.get(CATEGORIES).content.decode()
    assert staff.post(f"{CATEGORIES}{by('wheat').pk}/delete/").status_code == 403

    staff.post(CATEGORIES, {"action": "restore", "_selected_action": chosen})
    assert not by("wheat").is_archived


def test_an_attribute_is_given_to_a_category(staff, small):
    barley, protein = by("barley"), Attribute.objects.get(code="protein")
    use = {
        "own_attributes-TOTAL_FORMS": 1,
        "own_attributes-0-category": barley.pk,
        "own_attributes-0-attribute": protein.pk,
        "own_attributes-0-position": 0,
        "own_attributes-0-fact": 1,
    }

    save(staff, barley, **use)

    assert CategoryAttribute.objects.get(category=barley).attribute == protein
    catalogue = current_catalogue()
    assert catalogue.facts_of(catalogue.by_slug["barley"])[0].attribute == protein


def test_choices_are_added_and_archived_and_keep_their_codes(staff, small):
    grade = Attribute.objects.get(code="grade")
    choices = {
        "choices-0-code": "renamed",
        "choices-0-is_archived": "on",
        "choices-2-code": "three",
        **{f"choices-2-name_{code}": "Three" for code in ("kk", "ru", "en")},
    }

    save(staff, grade, type="text", **choices)

    assert list(Choice.objects.values_list("code", "is_archived")) == [
        ("one", True),
        ("three", False),
        ("two", False),
    ]
    assert Attribute.objects.get(code="grade").type == "choice"


def test_a_new_attribute_with_choices_is_led_to_them(staff, small):
    page = reverse("admin:listings_attribute_add")
    names = {f"name_{code}": "Colour" for code in ("kk", "ru", "en")}

    response = staff.post(
        page,
        form_of(staff.get(page)) | names | {"code": "colour", "type": "choice"},
        follow=True,
    )

    assert "Now its choices" in response.content.decode()
    assert "choices-0-code" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"minimum": "5", "maximum": "4"}, "The smallest is larger than the largest."),
        ({"decimals": "9"}, "less than or equal to 4"),
    ],
)
def test_limits_that_make_no_sense_are_refused(staff, small, changes, sentence):
    protein = Attribute.objects.get(code="protein")

    response = save(staff, protein, **changes)

    assert sentence in response.content.decode()
    assert Attribute.objects.filter(code="protein", minimum=0, maximum=30).exists()


@pytest.mark.parametrize(
    "name",
    [
        "listings_category",
        "listings_attribute",
        "places_country",
        "places_region",
        "places_district",
        "places_settlement",
    ],
)
def test_only_staff_with_the_permission_see_and_change_the_catalogue(client, small, name):
    moderator = User.objects.create_user(MODERATOR, None, is_staff=True)
    listed, added = (reverse(f"admin:{name}_{act}") for act in ("changelist", "add"))

    assert client.get(listed).status_code == 302
    client.force_login(moderator)
    assert client.get(listed).status_code == 403

    moderator.user_permissions.set(
        Permission.objects.filter(codename=f"view_{name.partition('_')[2]}")
    )
    assert client.get(listed).status_code == 200
    assert client.get(added).status_code == 403
    if name == "listings_category":
        before = Category.objects.filter(slug="wheat").values().get()
        assert client.post(page_of(by("wheat")), {"name_en": "Hacked"}).status_code == 403
        assert Category.objects.filter(slug="wheat").values().get() == before
