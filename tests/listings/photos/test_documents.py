"""Documents of ads: by what is in them, and never shown, only handed out."""

import io
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.test import Client

from listings.erasing import files_left
from listings.models import Document, Listing, Revision
from listings.tasks import clear_leftovers
from listings.uploads import put_away
from sellers.models import Member
from tests.conftest import enter_with_code
from tests.listings.photos.pictures import picture, sent

PDF = b"%PDF-1.7\n1 0 obj<</Author(Aigul)>>endobj\n%%EOF\n"
HEADERS = ["Cache-Control", "Content-Security-Policy", "X-Content-Type-Options", "X-Robots-Tag"]


def archive(*names):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as zipped:
        for name in names:
            zipped.writestr(zipfile.ZipInfo(name), "<x/>")  # always of 1980
    return written.getvalue()


XLSX = archive("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")


@pytest.fixture
def add(browser):
    """`add(draft, (PDF, "Прайс.pdf"), …)`: through the page; returns what the page says then."""

    def post(listing, *documents):
        files = [sent(content, name, "text/html") for content, name in documents]
        address = f"/en/account/listings/{listing.pk}/documents/"
        response = browser.post(address, {"documents": files}, follow=True)
        assert response.status_code == 200
        listing.refresh_from_db()
        return response.content.decode()

    return post


def address(document):
    return f"/en/listing/{document.listing_id}/documents/{document.pk}/"


@pytest.mark.parametrize(("content", "kind"), [(PDF, "pdf"), (XLSX, "xlsx")], ids=["pdf", "xlsx"])
def test_a_document_is_known_by_what_is_in_it(draft, add, files, content, kind):
    page = add(draft, (content, "Прайс-лист 2026.exe"))

    document = Document.objects.get()
    assert (document.kind, document.name) == (kind, f"Прайс-лист 2026.{kind}")
    assert document.size == len(content)
    assert draft.document_order == [document.pk]
    assert document.name in page
    [name] = files()
    assert name == f"private/{document.file.name}"
    assert "2026" not in name


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"<html><script>x</script>", "neither a PDF nor an Excel table"),
        (b"\n" + PDF, "neither a PDF nor an Excel table"),
        (picture(), "neither a PDF nor an Excel table"),
        (b"\xd0\xcf\x11\xe0" + bytes(99), "neither a PDF nor an Excel table"),
        (archive("word/document.xml", "[Content_Types].xml"), "neither a PDF nor an Excel table"),
        (archive("evil.html"), "neither a PDF nor an Excel table"),
        (archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "macros"),
        (PDF[:-7], "damaged"),
        (XLSX[:-30], "damaged"),
        (b"PK\x03\x04" + bytes(500), "damaged"),
        (PDF + bytes(10 * 1024 * 1024), "larger than 10 MB"),
    ],
    ids=lambda value: str(value)[:16],
)
def test_what_is_no_document_is_refused_and_kept_nowhere(draft, add, files, content, words):
    page = add(draft, (content, "price.pdf"))

    assert words in page
    assert not Document.objects.exists()
    assert draft.document_order == []
    assert files() == []


def test_one_bad_document_leaves_the_others_alone(draft, add):
    page = add(draft, (PDF, "one.pdf"), (b"<svg/>", "two.pdf"), (XLSX, "three.xlsx"))

    assert "neither a PDF nor an Excel table" in page
    assert [each.name for each in Document.objects.order_by("pk")] == ["one.pdf", "three.xlsx"]


def test_five_documents_at_most_and_the_rest_is_counted(draft, add):
    page = add(draft, *[(PDF, f"{number}.pdf") for number in range(7)])

    assert "2 documents were left out" in page
    assert Document.objects.count() == len(draft.document_order) == 5


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("price\u202efdp.exe", "pricefdp.pdf"),
        ("a\x07\u200b\u2066b.pdf", "ab.pdf"),
        ("C:\\Users\\Aigul\\прайс.pdf", "прайс.pdf"),
        ("...", "document.pdf"),
        ("я" * 300 + ".pdf", "я" * 96 + ".pdf"),
    ],
)
def test_a_name_misleads_nobody(draft, given, shown, browser):
    # Django's client would tidy the name; a hostile one does not.
    body = (
        b'--x\r\nContent-Disposition: form-data; name="documents"; filename="'
        + given.encode()
        + b'"\r\nContent-Type: text/html\r\n\r\n'
        + PDF
        + b"\r\n--x--\r\n"
    )
    browser.post(
        f"/en/account/listings/{draft.pk}/documents/",
        body,
        content_type="multipart/form-data; boundary=x",
    )

    assert Document.objects.get().name == shown


def test_a_document_is_handed_out_whole_and_never_shown(live, add):
    add(live, (PDF, "Бағалар.pdf"))
    document = Document.objects.get()
    Listing.objects.update(document_order=[document.pk])

    response = Client().get(address(document))

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert [response[name] for name in HEADERS] == [
        "private, no-store",
        "default-src 'none'; sandbox",
        "nosniff",
        "noindex",
    ]


@pytest.fixture
def documents(live, add, seller, make_listing):
    """One that everybody sees, one of its change, and one of a draft."""
    add(live, (PDF, "public.pdf"))
    public = Document.objects.get()
    Listing.objects.update(document_order=[public.pk])
    Revision.objects.all().delete()
    add(live, (PDF, "changed.pdf"))
    add(make_listing(seller=seller, state="draft"), (PDF, "draft.pdf"))
    return list(Document.objects.order_by("pk"))


@pytest.fixture
def visitor(make_user, make_seller, seller, marat):
    def visit(who):
        client = Client(HTTP_HOST="localhost")
        match who:
            case "stranger":
                client.force_login(make_user("stranger@example.com"))
            case "other owner":
                make_seller("Other", owner=marat, form="person")
                client.force_login(marat)
            case "viewer":
                user = make_user("viewer@example.com")
                Member.objects.create(seller=seller, user=user, role="viewer")
                client.force_login(user)
            case "owner":
                client.force_login(seller.members.get(role="owner").user)
            case "moderator" | "moderator without second factor":
                user = make_user("checker@example.com", is_staff=True)
                user.user_permissions.set(Permission.objects.filter(codename="view_document"))
                if who == "moderator":
                    enter_with_code(client, user)
                else:
                    client.force_login(user)
        return client

    return visit


@pytest.mark.clause("P6.1a")
@pytest.mark.parametrize(
    ("who", "answers"),
    [
        ("anonymous", [200, 404, 404]),
        ("stranger", [200, 404, 404]),
        ("other owner", [200, 404, 404]),
        ("moderator without second factor", [200, 404, 404]),
        ("viewer", [200, 200, 200]),
        ("owner", [200, 200, 200]),
        ("moderator", [200, 200, 200]),
    ],
)
def test_who_gets_which_document(documents, visitor, who, answers):
    client = visitor(who)

    assert [client.get(address(each)).status_code for each in documents] == answers


@pytest.mark.parametrize("state", ["blocked", "archived", "rejected", "pending", "draft"])
def test_documents_of_an_ad_that_is_not_public_are_for_nobody_else(documents, state):
    Listing.objects.filter(pk=documents[0].listing_id).update(state=state)

    assert Client().get(address(documents[0])).status_code == 404


def test_a_number_of_another_ad_finds_nothing(documents):
    public, _, draft = documents

    answer = Client().get(f"/en/listing/{draft.listing_id}/documents/{public.pk}/")

    assert answer.status_code == 404


def test_a_document_whose_file_is_lost_is_not_there(documents, client):
    storages["private"].delete(documents[0].file.name)

    assert client.get(address(documents[0])).status_code == 404


def test_a_document_that_is_removed_goes_with_its_file(draft, add, browser, files):
    add(draft, (PDF, "one.pdf"), (PDF, "two.pdf"))
    one, two = Document.objects.order_by("pk")

    response = browser.post(f"/en/account/listings/{draft.pk}/documents/{one.pk}/remove/")
    clear_leftovers()

    draft.refresh_from_db()
    assert response["Location"].endswith("#documents")
    assert draft.document_order == [two.pk]
    assert files() == [f"private/{two.file.name}"]


def test_a_public_document_stays_until_its_removal_is_approved(documents, browser, files, live):
    public, changed, draft = documents

    browser.post(f"/en/account/listings/{live.pk}/documents/{public.pk}/remove/")
    clear_leftovers()

    live.refresh_from_db()
    assert live.document_order == [public.pk]
    assert live.revision.document_order == [changed.pk]
    assert len(files()) == 3


def test_a_copy_of_an_ad_has_its_documents_whose_files_go_with_the_last_that_names_them(
    documents, add, browser, client, files, live
):
    add(live, (XLSX, "Баға.xlsx"))
    Listing.objects.filter(pk=live.pk).update(
        document_order=Revision.objects.get(listing=live).document_order
    )
    Revision.objects.all().delete()
    live.refresh_from_db()
    names = [document.name for document in Document.objects.in_order(live.document_order)]
    assert len(names) >= 2

    browser.post(f"/en/account/listings/{live.pk}/copy/")

    draft = Listing.objects.order_by("-pk").first()
    copies = Document.objects.in_order(draft.document_order)
    assert [document.name for document in copies] == names
    assert not set(draft.document_order) & set(live.document_order)
    live.delete()
    clear_leftovers()
    for document in copies:
        assert browser.get(address(document)).status_code == 200
    draft.delete()
    clear_leftovers()
    assert not {document.file.name for document in copies} & {
        name.removeprefix("private/") for name in files()
    }


def test_the_page_says_that_a_document_may_name_its_author(draft, browser):
    for language, words in (
        ("en", "its properties may name who wrote it"),
        ("ru", "кто и где его составил"),
        ("kk", "қасиеттерінде кім"),
    ):
        page = browser.get(f"/{language}/account/listings/{draft.pk}/photos/").content.decode()
        assert words in page


def test_whoever_reads_an_ad_finds_its_approved_documents_there(documents, live, client):
    public, changed, draft = documents
    live.refresh_from_db()

    html = client.get(live.get_absolute_url()).content.decode()

    assert f'href="{address(public)}"' in html
    assert public.name in html
    assert "PDF" in html
    assert changed.name not in html
    assert draft.name not in html


def test_a_seller_sees_which_documents_a_change_would_bring(documents, live, browser):
    public, changed, _draft = documents

    html = browser.get(f"/en/account/listings/{live.pk}/").content.decode()

    assert public.name in html
    assert changed.name in html


@pytest.mark.django_db(transaction=True)
def test_a_deletion_is_not_put_off_by_what_others_send_meanwhile(draft, files):
    upload = put_away(ContentFile(PDF), "documents", ".pdf")

    def name():
        time.sleep(1)
        Document.objects.create(listing=draft, kind="pdf", name="x.pdf", file=upload, size=len(PDF))
        connection.close()

    with ThreadPoolExecutor() as other:
        named = other.submit(name)
        left = files_left()
        named.result()

    assert left == 0
    assert files() == [f"private/{upload}"]
