"""Where our pages lead, and from where they take what they show."""

import re
from urllib.parse import urljoin, urlsplit

import html5lib
import pytest
from django.conf import settings
from django.core.management import call_command

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P4.3")]

HOME = "http://testserver"
STYLED = re.compile(r"url\(['\"]?(?:https?:)?//([^/'\")]+)")
LOADING = {"src", "srcset", "poster", "data", "background", "manifest"}
# Links that load nothing: they name addresses.
NAMING = {"canonical", "alternate"}
KEEPS_TO_ITSELF = {"noopener", "noreferrer", "nofollow", "ugc"}
# Of the operator, and of the portal itself: in its letters, documents and meta tags.
OURS = {urlsplit(HOME).hostname, urlsplit(settings.SITE_URL).hostname, "kazvek.com"}


def elements(html):
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    return [element for element in parser.parse(html).iter() if isinstance(element.tag, str)]


def hosts(value):
    """Of an attribute that holds one address, or several as `srcset` does."""
    return {urlsplit(urljoin(HOME, part.split()[0])).hostname for part in value.split(",") if part}


def loaded_from(html):
    """The hosts from which a browser would fetch something, or to which it would send a form."""
    found = set()
    for element in elements(html):
        names = LOADING | ({"action", "formaction"} & set(element.keys()))
        if element.tag == "link" and not NAMING & set((element.get("rel") or "").split()):
            names = {"href"}
        elif element.tag.endswith(("}use", "}image")):
            names = {"href", "{http://www.w3.org/1999/xlink}href"}
        for value in filter(None, map(element.get, names)):
            found |= hosts(value)
        found |= set(STYLED.findall(element.get("style") or ""))
    return found


def unmarked_links(html):
    """Links to somebody else that tell them where one came from."""
    return [
        element.get("href")
        for element in elements(html)
        if element.tag == "a"
        and urlsplit(element.get("href") or "").scheme in ("http", "https")
        and not hosts(element.get("href")) <= OURS
        and not set((element.get("rel") or "").split()) >= KEEPS_TO_ITSELF
    ]


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://cdn.example/a.png">',
        '<img src="/a.png" srcset="/a.png 1x, //cdn.example/b.png 2x">',
        '<script src="//cdn.example/a.js"></script>',
        '<link rel="stylesheet" href="https://cdn.example/a.css">',
        '<link rel="preconnect" href="https://cdn.example">',
        '<iframe src="https://cdn.example/map"></iframe>',
        '<svg><use href="https://cdn.example/a.svg#x"></use></svg>',
        '<form action="https://cdn.example/"></form>',
        '<button formaction="https://cdn.example/">x</button>',
        "<p style=\"background: url('https://cdn.example/a.png')\">x</p>",
    ],
)
def test_whatever_comes_from_elsewhere_would_be_found(html):
    assert "cdn.example" in loaded_from(html)


def test_a_link_that_leads_away_unmarked_would_be_found():
    marked = '<a rel="noopener noreferrer nofollow ugc" href="https://evil.example/">x</a>'

    assert unmarked_links('<a rel="nofollow" href="https://evil.example/">x</a>') == [
        "https://evil.example/"
    ]
    assert unmarked_links(marked) == unmarked_links('<a href="/en/">x</a>') == []


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_no_public_page_loads_from_elsewhere_or_sends_anybody_away_unmarked(client, language):
    call_command("load_documents", sample_operator=True, verbosity=0)
    waiting, seen = [f"/{language}/", f"/{language}/no-such-page/"], set()

    while waiting:
        page = waiting.pop()
        seen.add(page)
        answer = client.get(page)
        if "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        html = answer.content.decode()
        assert answer.headers["Referrer-Policy"] == "same-origin", page
        assert loaded_from(html) <= {"testserver"}, page
        assert unmarked_links(html) == [], page
        for link in re.findall(r'<a [^>]*href="([^"#?]+)', html):
            if link.startswith(f"/{language}/") and link not in seen and link not in waiting:
                waiting.append(link)

    for part in ("help/", "contact/", "privacy/", "privacy/history/", "cookies/", "listings/"):
        assert f"/{language}/{part}" in seen


def test_stylesheets_and_scripts_take_nothing_from_elsewhere():
    foreign = re.compile(r"""(?:url\(|@import|import|from|fetch\()\s*['"]?(?:https?:)?//""")
    folder = settings.BASE_DIR / "static"
    files = [
        file
        for kind in ("*.css", "*.js", "*.svg")
        for file in folder.rglob(kind)
        if "vendor" not in file.parts
    ]

    assert len(files) > 10
    assert [file.name for file in files if foreign.search(file.read_text())] == []
