from copy import deepcopy
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.utils.translation import get_language

from letters.models import Letter
from letters.write import write_letter
from tests.letters.outside import ADDRESS


@pytest.fixture(autouse=True)
def with_a_letter(settings):
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "yes", "no"), [("ru", "Да", "Нет"), ("en", "Yes", "No"), ("kk", "Иә", "Жоқ")]
)
def test_a_letter_speaks_the_language_of_its_receiver(language, yes, no):
    before = get_language()

    write_letter(
        "harvest/ready",
        to=ADDRESS,
        language=language,
        name="Tom & <b>Сон</b>",
        tonnes=40,
        address="https://kazvek.example/a?b=1&c=2",
    )

    letter = Letter.objects.get()
    message = message_from_bytes(bytes(letter.content), policy=policy.default)
    text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    html = message.get_body(("html",)).get_content()
    assert letter.subject_line == message["Subject"] == f"{yes}: 40 t & more for Tom & <b>Сон</b>"
    assert text.startswith("Tom & <b>Сон</b> <40 t>\n\nhttps://kazvek.example/a?b=1&c=2\n")
    assert f"\n{no}\n" in text
    assert f'<html lang="{language}">' in html
    assert yes in html
    assert no in html
    assert "Tom &amp; &lt;b&gt;Сон" in html
    for part in (text, html):
        assert "support@kazvek.com" in part
    assert get_language() == before


@pytest.mark.django_db
def test_a_letter_fetches_nothing_and_cannot_be_followed():
    write_letter(
        "harvest/ready", to=ADDRESS, language="en", name="Tom", address="https://k.example/"
    )

    content = bytes(Letter.objects.get().content)
    for word in (b"<img", b"<link", b"@import", b"url(", b"<script", b"src="):
        assert word not in content


@pytest.mark.django_db
def test_a_fact_with_a_line_break_cannot_become_a_header():
    write_letter(
        "harvest/ready", to=ADDRESS, language="en", name="Tom\nBcc: victim@example.com", address=""
    )

    message = message_from_bytes(bytes(Letter.objects.get().content), policy=policy.default)
    assert message["Bcc"] is None
    assert message["To"] == ADDRESS
