from places.models import Settlement
from tests.admin_forms import save


def test_places_are_edited_and_stay_in_their_region(staff, places):
    place = Settlement.objects.get(name_en="Rudnyy")

    refused = save(staff, place, country="KG")
    save(staff, place, name_ru="Ёлкино")

    assert "This region lies in another country." in refused.content.decode()
    place.refresh_from_db()
    assert (place.country_id, place.name_ru) == ("KZ", "Ёлкино")
    assert place.order_ru < Settlement.objects.get(name_en="Kostanay").order_ru
