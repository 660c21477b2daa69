import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from listings import held
from listings.models import Photo
from moderation.findings import findings_of
from moderation.models import StopWord
from moderation.stop_words import hits_in


@pytest.fixture
def words_of():
    """What a program notices of an ad, as sentences."""

    def words(listing):
        with override("en"):
            return [finding.words for finding in findings_of(listing, listing)]

    return words


@pytest.fixture
def old(seller):
    """Not new any more, so that nothing is said of that."""
    seller.created_at = timezone.now() - timedelta(days=30)
    seller.save()
    return seller


@pytest.fixture
def shipped(db):
    call_command("load_moderation", stdout=io.StringIO())


def found_in(*texts):
    return [hit.written for hit in hits_in(*texts)]


def test_words_inside_other_words_are_not_taken_for_them(shipped):
    for word in ("трах", "еб", "треб", "скорб"):
        StopWord.objects.create(word=word, mode="part")

    harmless = "хлебный для употребления оскорбить страховать героиня небо сук сукно"
    assert found_in(harmless) == []
    assert found_in("Трахать", "ЁБ, еб!") == ["ЁБ", "Трахать"]


def test_whole_words_and_beginnings_are_found_as_written(db):
    StopWord.objects.create(word="без документов", mode="word")
    StopWord.objects.create(word="қотақ", mode="part")

    assert found_in("Трактор, Без  документов!") == ["Без документов"]
    assert found_in("обездокументов без документовки") == []
    assert found_in("...", "КОТАКБАС") == ["КОТАКБАС"]


@pytest.mark.clause("P3.3a")
def test_words_of_special_categories_advise_the_moderator_and_stop_nobody(
    shipped, moderator, make_listing, old, decide, words_of
):
    horse = make_listing("Казахская лошадь, порода жабе", seller=old, state="pending")
    horse.waiting_since = timezone.now()
    horse.save()

    assert not held.must_be_read_first(horse)
    (words,) = words_of(horse)
    assert words == "“Казахская” is a word of a special category. It may be part of a name."
    page = moderator.get(f"/admin/moderation/queue/{horse.pk}/").content.decode()
    assert words in page
    assert "These are hints. Only you decide." in page
    decide(moderator, horse, "approve")
    horse.refresh_from_db()
    assert (horse.state, horse.title) == ("published", "Казахская лошадь, порода жабе")


@pytest.mark.clause("P3.3a")
def test_no_word_of_a_special_category_can_be_made_to_hold_an_ad_up(staff, shipped):
    assert set(StopWord.objects.filter(is_special=True).values_list("action", flat=True)) == {
        "advise"
    }
    given = {"word": "баптист", "mode": "part", "action": "hold", "is_special": "on", "note": ""}

    answer = staff.post("/admin/moderation/stopword/add/", given)

    assert "only advises" in answer.content.decode()
    assert not StopWord.objects.filter(word="баптист").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        StopWord.objects.create(word="баптист", mode="part", action="hold", is_special=True)


@pytest.mark.clause("P3.3a")
def test_a_written_special_word_is_taken_out_by_the_rule_for_it(
    moderator, make_listing, seller, decide, mailoutbox
):
    listing = make_listing(seller=seller, state="pending")

    decide(moderator, listing, "reject", reasons=["special"], note="Слова о вере соседа.")

    assert "clause 4.3" in mailoutbox[0].body
    assert "name of a breed, a variety or a product may stay" in mailoutbox[0].body


def test_what_must_be_read_first_is_held_whoever_sells(shipped, make_listing, old):
    assert held.must_be_read_first(make_listing("Тротил оптом", seller=old))
    assert not held.must_be_read_first(make_listing("Хлебный комбинат", seller=old))


def test_a_copy_of_ones_own_or_of_anothers_ad_is_noticed(make_listing, make_seller, old, words_of):
    first = make_listing("Пшеница 3 класса, клейковина 24", seller=old)
    copy = make_listing("Пшеница 3 класса, клейковина 25", seller=old)
    other = make_listing("Пшеница 3 класса, клейковина 24", seller=make_seller("Степь"))
    make_listing("Пшеница 3 класса, клейковина 24", seller=old, category="barley")
    make_listing("Ячмень", seller=old)
    for listing in (first, other):
        photo = Photo.objects.create(
            listing=listing,
            state="ready",
            stem="a" * 64,
            widths=[320],
            width=320,
            height=240,
            perceptual_hash=7,
        )
        listing.photo_order = [photo.pk]
        listing.save()

    assert set(words_of(copy)) == {
        f"The same seller has an ad with nearly this title: № {first.pk}.",
        f"Another seller has an ad with nearly this title: № {other.pk}.",
    }
    assert f"A photo of it stands in ad № {other.pk}, too." in words_of(first)


def test_a_price_far_from_the_usual_one_is_noticed_when_enough_are_known(
    make_listing, old, words_of
):
    for number in range(7):
        make_listing(f"Лот {number * 1111}", seller=old, price=100_000, price_kzt=100_000)
    cheap = make_listing("Дёшево", seller=old, price=9_000, price_kzt=9_000)
    assert words_of(cheap) == []

    make_listing("Восьмой", seller=old, price=100_000, price_kzt=100_000)
    assert words_of(cheap) == [
        "The usual price of the category, 100\N{NO-BREAK SPACE}000 ₸, is 11 times this one."
    ]
    dear = make_listing("Дорого", seller=old, price=1_000_000, price_kzt=1_000_000)
    assert "The price is 10 times the usual one" in words_of(dear)[0]


def test_capitals_and_a_newcomer_are_noticed(make_listing, seller, words_of):
    listing = make_listing("ПШЕНИЦА СРОЧНО", seller=seller)

    assert words_of(listing) == [
        "The title is written in capitals.",
        "The seller is on the portal for less than a week.",
    ]


def test_the_shipped_words_come_once_and_stay_as_the_moderators_keep_them(shipped):
    StopWord.objects.exclude(word="казино").delete()

    call_command("load_moderation", stdout=io.StringIO())

    assert StopWord.objects.get().word == "казино"
