import pytest
from django.core.mail import EmailMultiAlternatives

from letters.models import Letter
from letters.tasks import send_waiting
from tests.letters.outside import ADDRESS

LINK = "https://kazvek.example/en/accounts/confirm-email/" + "MTA-kZ39" * 20 + "/"


@pytest.fixture
def folder(settings, tmp_path):
    settings.LETTERS_MAILER = "letters.files.FileMailer"
    settings.LETTERS_FOLDER = tmp_path / "mail"
    return settings.LETTERS_FOLDER


@pytest.fixture
def cause(folder):
    def cause(subject="Сіздің астығыңыз", attachments=()):
        letter = EmailMultiAlternatives(subject, f"Қырық тонна: {LINK}\n", to=[ADDRESS])
        letter.attach_alternative(f'<p><a href="{LINK}">Қырық</a></p>', "text/html")
        for name, content in attachments:
            letter.attach(name, content)
        letter.send()
        send_waiting()

    return cause


@pytest.mark.django_db
def test_a_letter_becomes_a_file_that_a_newcomer_can_read(folder, cause):
    cause()

    [text_file] = folder.glob("*.txt")
    [html_file] = folder.glob("*.html")
    text = text_file.read_text()
    assert text_file.stem == html_file.stem
    assert text_file.stem.endswith("-сіздің-астығыңыз")
    assert "Subject: Сіздің астығыңыз\n" in text
    assert f"To: {ADDRESS}\n" in text
    assert f"Қырық тонна: {LINK}\n" in text
    assert LINK in html_file.read_text()
    assert Letter.objects.get().state == Letter.State.SENT
    assert sorted(folder.iterdir()) == sorted([text_file, html_file])


@pytest.mark.django_db
@pytest.mark.parametrize("subject", ["Сіздің астығыңыз " * 12, "w" * 70 + " wheat", "w" * 200])
def test_a_long_subject_stands_on_one_line_after_one_space(folder, cause, subject):
    cause(subject.strip())

    [file] = folder.glob("*.txt")
    assert f"\nSubject: {subject.strip()}\n" in file.read_text()


@pytest.mark.django_db
def test_letters_of_the_same_second_do_not_replace_each_other(folder, cause):
    for _ in range(3):
        cause()

    assert len(list(folder.glob("*.txt"))) == 3
    assert len(list(folder.glob("*.html"))) == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "subject",
    [f"Welcome {ADDRESS}", f"<{ADDRESS}>", "../../../etc/passwd", "", "₸" * 900, "." * 900],
    ids=["named", "in brackets", "path", "empty", "long", "dots"],
)
def test_the_name_of_a_file_holds_no_address_and_leads_nowhere_else(folder, cause, subject):
    cause(subject)

    [file] = folder.glob("*.txt")
    assert file.resolve().parent == folder
    for part in ("aigerim", "example", "@"):
        assert part not in file.name


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["слип.pdf", "../../slip.pdf", "a/b\x00.pdf", "x." + "y" * 300], ids=range(4)
)
def test_attachments_lie_beside_the_letter(folder, cause, name):
    cause(attachments=[(name, b"%PDF-1.7 \x00\xff")])

    [attachment] = [file for file in folder.iterdir() if file.suffix not in (".txt", ".html")]
    assert attachment.read_bytes() == b"%PDF-1.7 \x00\xff"
    assert "Attachment: " in next(folder.glob("*.txt")).read_text()


@pytest.mark.django_db
def test_while_the_folder_cannot_be_written_the_letter_waits(folder, cause):
    folder.write_text("a file where the folder should be")

    cause()

    letter = Letter.objects.get()
    assert (letter.state, letter.error) == ("waiting", "FileExistsError")


@pytest.mark.django_db
def test_a_letter_nobody_can_read_holds_up_no_other(folder, cause, cause_letter):
    cause_letter("broken@example.com")
    Letter.objects.update(content=b'Content-Type: text/plain; charset="no-such"\r\n\r\n\xff')

    cause()

    assert len(list(folder.glob("*.txt"))) == 1
    broken = Letter.objects.get(recipient="broken@example.com")
    assert (broken.state, broken.attempts, broken.error) == ("waiting", 1, "LookupError")
