import pytest

from privacy.models import Notice, Request
from privacy.requests import file_request

pytestmark = pytest.mark.django_db


@pytest.mark.clause("P5.1a")
def test_a_correction_is_passed_on_to_each_seller_who_has_the_data_once(
    staff, make_order, wheat, marat, aigul, mailoutbox
):
    orders = [make_order(wheat, user=marat) for _each in range(2)]
    wish = file_request(marat.subject, Request.Kind.RECTIFICATION, language="en", email="")
    mailoutbox.clear()

    for state in ("in_work", "answered"):
        staff.post(
            f"/admin/privacy/request/{wish.pk}/change/",
            {
                "next_state": state,
                "reason": "It is corrected.",
                "steps-TOTAL_FORMS": 0,
                "steps-INITIAL_FORMS": 0,
            },
        )

    wish.refresh_from_db()
    assert wish.state == "answered"
    [letter] = [letter for letter in mailoutbox if letter.to == [aigul.email]]
    for order in orders:
        assert order.reference in letter.body
    notice = Notice.objects.get()
    assert (notice.act, notice.recipient_number) == ("corrected", wheat.seller_id)
    assert set(notice.about) == {order.reference for order in orders}
