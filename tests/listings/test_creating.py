from tests.html import assert_valid


def test_the_form(draft, browser, written):
    answer = browser.get(f"/ru/account/listings/{draft.pk}/edit/")
    assert_valid(answer)
    answer = browser.post(f"/en/account/listings/{draft.pk}/edit/", written(), follow=True)
    assert_valid(answer)
    draft.refresh_from_db()
    assert draft.state == "pending", answer.content.decode()
    assert_valid(browser.get("/ru/account/listings/"))
    assert_valid(browser.get("/ru/account/listings/new/?q=пшеницу"))
    assert (
        browser.get("/ru/account/listings/new/?q=пшеницу").content.decode().count('value="wheat"')
        == 2
    )
