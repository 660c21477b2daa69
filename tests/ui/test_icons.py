import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template

from listings.shipped_catalogue import SHIPPED, read
from ui.drawings import OWN, drawing

TEMPLATES = Path(settings.BASE_DIR) / "templates"
NAMED = re.compile(r"""{% icon ["']([\w-]+)["']""")


def names_in_use():
    in_templates = {
        name for path in TEMPLATES.rglob("*.html") for name in NAMED.findall(path.read_text())
    }
    _, _, levels, _ = read(SHIPPED)
    return in_templates | {facts["icon"] for level in levels for facts in level.values()}


@pytest.mark.parametrize("name", sorted(names_in_use()))
def test_every_sign_in_use_can_be_drawn(name):
    shapes, _ = drawing(name)

    assert shapes.startswith("<")


def test_we_keep_only_signs_in_use_and_say_where_each_is_from():
    ours = {path.stem for path in OWN.glob("*.svg")}

    assert ours <= names_in_use()
    assert all(f"`{name}`" in (OWN / "LICENCES.md").read_text() for name in ours)


def test_a_page_draws_a_repeated_sign_once():
    page = Template('{% sprite %}{% icon "cow" %}{% icon "cow" %}{% icon "check" %}{% endsprite %}')

    html = page.render(Context())

    shapes, _ = drawing("cow")
    assert html.count(shapes) == 1
    assert html.count('<use href="#i-cow"/>') == 2


def test_a_fragment_of_a_page_carries_its_drawings_itself():
    html = Template('{% icon "cow" %}').render(Context())

    shapes, _ = drawing("cow")
    assert shapes in html
    assert "<use" not in html


def test_a_sign_beside_words_is_silent_and_one_that_stands_alone_has_a_name():
    html = Template('{% icon "cow" %}|{% icon "cow" title="Cattle & more" %}').render(Context())

    beside, alone = html.split("|")
    assert 'aria-hidden="true"' in beside
    assert 'role="img" aria-label="Cattle &amp; more"' in alone
