import re
from urllib.parse import urljoin, urlsplit

import html5lib
import pytest
from babel.messages.catalog import Message
from django.core.management import call_command

from kazvek import catalogues
from kazvek.demo import BUYER, PASSWORD

LATIN_SENTENCE = re.compile(r"[A-Za-z]{2,}(?:[ ,’']+[A-Za-z]{2,}){2,}")
# Names that are the same in every language.
NAMES = ["Global Privacy Control", "All Rights Reserved", "Aral Feed Salt"]
COOKIES = {"language", "cart"}
NOT_READ = {"script", "style", "code", "svg", "kbd"}
SPOKEN = ["aria-label", "placeholder", "title", "alt", "value"]


@pytest.fixture
def portal_with_demo(places, catalogue):
    call_command("load_documents", sample_operator=True, verbosity=0)
    call_command("demo", verbosity=0, listings=30)


def texts_of(response):
    """What a visitor reads or hears on a page, but for what is marked as another language."""
    document = html5lib.parse(response.content.decode(), namespaceHTMLElements=False)
    language = document.get("lang")

    def walk(element):
        if (
            not isinstance(element.tag, str)
            or element.tag in NOT_READ
            or element.get("lang", language) != language
        ):
            return
        if element.text:
            yield element.text
        for name in SPOKEN:
            if name != "value" or element.get("type") in ("submit", "button", "reset"):
                yield element.get(name) or ""
        for child in element:
            yield from walk(child)
            yield child.tail or ""

    return {" ".join(text.split()) for text in walk(document)} - {""}


def links_of(response, page, language):
    for link in re.findall(rb'<a\b[^>]*\bhref="([^"]+)"', response.content):
        target = urlsplit(urljoin(page, link.decode().replace("&amp;", "&")))
        if not target.netloc and target.path.startswith(f"/{language}/"):
            yield target.path


def crawl(client, language):
    waiting, seen = [f"/{language}/", f"/{language}/account/"], set()
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        response = client.get(page)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            yield page, response
            waiting += links_of(response, page, language)


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_the_catalogue_is_complete(language):
    assert list(catalogues.faults(language)) == []


@pytest.mark.parametrize(
    ("original", "translation"),
    [
        ("Version %(number)s", "Редакция"),
        ("Version %(number)s", "Редакция %(nomer)s"),
        ("<b>Nothing</b> is sent", "Ничего не отправлено"),
        ("Nothing is sent", ""),
    ],
)
def test_a_faulty_translation_is_named(original, translation):
    [fault] = catalogues.faults_of(Message(original, translation), "ru")

    assert repr(original) in fault


@pytest.mark.proof(every=6)
@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_no_english_is_left_on_any_page_that_links_lead_to(client, portal_with_demo, language):
    sentences = {
        message.id: message.string
        for message in catalogues.read(catalogues.OWN, language)
        if isinstance(message.id, str) and message.id and message.id != message.string
    }
    client.post(f"/{language}/accounts/login/", {"login": BUYER, "password": PASSWORD})
    pages = dict(crawl(client, language))

    assert len(pages) > 30
    left = {
        (page, text)
        for page, response in pages.items()
        for text in texts_of(response)
        if (text in sentences and text not in COOKIES)
        or any(LATIN_SENTENCE.search(part) for part in re.split("|".join(NAMES), text))
    }
    assert left == set()
