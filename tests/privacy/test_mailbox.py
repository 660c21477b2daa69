import pytest

from privacy.consents import allows
from privacy.mailbox.reading import read_mailbox
from privacy.models import IncomingLetter, Request, Subject
from privacy.models.identifiers import SubjectIdentifier
from tests.privacy.mail_server import SERVER, MailServer, message


@pytest.fixture(scope="module")
def mail_server():
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def mail(mail_server, settings, operator):
    settings.MAILBOX_URL = mail_server.url
    settings.MAILBOX_AUTHSERV_ID = SERVER
    mail_server.empty()
    return mail_server


@pytest.fixture
def aigul(aigul):
    SubjectIdentifier.objects.file(aigul.subject, "email", aigul.email)
    return aigul


@pytest.mark.clause("P5.1d", "P5.2a")
def test_a_request_by_mail_is_taken_down_acknowledged_and_stops_what_is_harmless_to_stop(
    mail, aigul, policy, mailoutbox
):
    mail.take(message(f"Айгүл <{aigul.email}>", "Прошу удалить мои персональные данные."))

    read_mailbox()

    request = Request.objects.get()
    assert (request.subject, request.kind, request.state) == (
        aigul.subject,
        "erasure",
        "acknowledged",
    )
    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.RESTRICTED
    assert not allows(aigul.subject, "news", "email")
    letter = IncomingLetter.objects.get()
    assert (letter.state, list(letter.requests.all())) == ("taken", [request])
    answer, notice = mailoutbox
    assert answer.to == [aigul.email]
    assert f"№ {request.pk}" in answer.subject
    assert "/ru/privacy/request/" in answer.body
    assert answer.extra_headers["Auto-Submitted"] == "auto-replied"
    assert notice.to == ["support@kazvek.com"]
