import gzip
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template import Context, Template
from django.test import override_settings

from ui.storage import STYLESHEETS

FOLDER = Path(settings.BASE_DIR) / "static"
# Over the wire.
MOST_BYTES = 12 * 1024


@pytest.mark.parametrize("name", STYLESHEETS)
def test_every_style_sheet_is_one_block_of_a_layer(name):
    css = re.sub(r"/\*.*?\*/", "", Path(finders.find(name)).read_text(), flags=re.DOTALL)
    statements = re.sub(r"^@layer [\w, ]+;", "", css.strip()).strip()

    opening = re.match(r"@layer \w+ {", statements)
    depth, end = 0, None
    for position, character in enumerate(statements):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "}" and depth == 0:
            end = position
            break
    assert opening
    assert end == len(statements) - 1


def test_every_style_sheet_is_in_the_list_but_the_one_of_the_admin():
    files = {f"css/{path.name}" for path in (FOLDER / "css").glob("*.css")}

    assert files - {"css/admin.css"} == set(STYLESHEETS)
    assert "@layer tokens, reset" in (FOLDER / STYLESHEETS[0]).read_text()


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """The folder into which the static files were collected."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


def test_collecting_joins_the_style_sheets_in_order_and_names_them_by_content(collected):
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    joined = (collected / names["css/site.css"]).read_text()
    assert re.search(r"site\.[0-9a-f]{12}\.css", names["css/site.css"])
    assert joined.index("@layer tokens,reset") < joined.index(".button{") < joined.index("@page")
    assert len(gzip.compress(joined.encode())) <= MOST_BYTES
    modules = (collected / names["js/app.js"]).read_text()
    elements = [name for name in names if name.startswith("js/elements/")]
    assert elements
    for element in elements:
        assert f'import("./elements/{Path(names[element]).name}")' in modules


def test_collecting_twice_changes_nothing(settings, collected):
    settings.STATIC_ROOT = collected
    before = {path.name for path in collected.rglob("*")}

    call_command("collectstatic", interactive=False, verbosity=0)

    assert {path.name for path in collected.rglob("*")} == before


def test_while_developing_a_page_links_the_parts(settings):
    settings.DEBUG = True
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }

    links = re.findall(r'href="/static/([^"]+)"', Template("{% stylesheets %}").render(Context()))

    assert links == STYLESHEETS
