import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
# Mail clients know no style sheets, so letters carry their style themselves.
PAGES = [name for name in TEMPLATES if not re.search(r"^letters/|/email/", name)]
FORBIDDEN = re.compile(
    r"<style|\sstyle=|\son\w+=|<script(?![^>]*(\ssrc=|application/ld\+json))", re.IGNORECASE
)
ELSEWHERE = re.compile(r"""(?:src|srcset|poster|action|<link[^>]*href)=["'](?:https?:)?//""")
# A number of a row or of pixels is no amount: grouped by thousands it would be another one.
GROUPED = re.compile(r"""\{\{ *[\w.]+\.(?:pk|width|height) *\}\}|=[\w.]+\.pk +(?:\w+=|trimmed|%)""")


@pytest.mark.parametrize("name", PAGES)
def test_templates_carry_no_inline_script_or_style(name):
    assert not FORBIDDEN.findall((FOLDER / name).read_text())


@pytest.mark.parametrize("name", PAGES)
def test_templates_load_nothing_from_elsewhere(name):
    assert not ELSEWHERE.findall((FOLDER / name).read_text())


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_do_not_group_the_digits_of_numbers_that_name_something(name):
    assert not GROUPED.findall((FOLDER / name).read_text())


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_are_well_formed(name):
    assert engines["django"].get_template(name)
