"""Photos, documents and copies of data in a bucket, on a server that speaks S3."""

import socket
from hashlib import sha256
from urllib.request import urlopen

import boto3
import pytest
from django.core.files.storage import default_storage, storages
from django.test import Client
from moto.server import ThreadedMotoServer

from listings.models import Document, Leftover, Listing
from listings.states import State
from listings.tasks import clear_leftovers, prepare_photo
from listings.watched import files_without_rows, rows_without_files
from privacy.export.building import build_waiting, forget
from privacy.models import Export, Request
from privacy.requests import file_request
from privacy.residue import everywhere, find
from tests.listings.photos.pictures import picture
from tests.listings.photos.test_documents import PDF, add, address  # noqa: F401 a fixture
from ui.buckets import LINKS_LAST

KEYS = {"access_key_id": "portal", "secret_access_key": "secret", "region": "us-east-1"}


@pytest.fixture(scope="module")
def server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(server):
    """An empty one."""
    resource = boto3.resource(
        "s3",
        endpoint_url=server,
        region_name=KEYS["region"],
        aws_access_key_id=KEYS["access_key_id"],
        aws_secret_access_key=KEYS["secret_access_key"],
    )
    bucket = resource.Bucket("kazvek-files")
    bucket.create()
    yield bucket
    bucket.objects.all().delete()
    bucket.delete()


@pytest.fixture(autouse=True)
def folders(bucket, server, settings, monkeypatch):
    """Both storages as STORAGE_URL=s3://kazvek-files/portal makes them."""
    settings.S3_OPTIONS = KEYS | {"endpoint": server}
    made = {
        name: {
            "BACKEND": "ui.buckets.Bucket",
            "OPTIONS": {
                "bucket_name": bucket.name,
                "location": f"portal/{folder}",
                "base_url": base_url,
            },
        }
        for name, folder, base_url in [
            ("default", "media", "/media/"),
            ("private", "private", None),
        ]
    }
    settings.STORAGES = settings.STORAGES | made
    # Columns hold on to the storage they began with.
    for model in (Document, Export):
        monkeypatch.setattr(model._meta.get_field("file"), "storage", storages["private"])


@pytest.fixture
def files(bucket):
    return lambda: sorted(each.key for each in bucket.objects.all())


def test_a_photo_goes_through_the_bucket_and_is_handed_out_under_our_address(
    draft, upload, files, ready
):
    [photo] = upload(draft, picture())
    assert files() == [f"portal/private/{photo.upload}"]

    ready(photo)

    shown = photo.path(800, "webp")
    assert f"portal/media/{shown}" in files()
    assert len(files()) == len(photo.widths) * 2
    assert photo.url(800, "webp") == f"/media/{shown}"
    response = Client().get(f"/media/{shown}")
    assert b"".join(response.streaming_content) == default_storage.open(shown).read()
    assert response["Content-Type"] == "image/webp"
    lost = shown.replace(photo.stem, "0" * len(photo.stem)).replace(f"/{shown[7:9]}/", "/00/")
    assert Client().get(f"/media/{lost}").status_code == 404


def test_a_document_is_fetched_by_a_link_that_is_soon_over_and_goes_with_its_row(
    live,
    add,  # noqa: F811
    browser,
    files,
):
    add(live, (PDF, "Бағалар.pdf"))
    document = Document.objects.get()
    Listing.objects.update(document_order=[document.pk])

    response = Client().get(address(document))
    with pytest.raises(ValueError, match="no address"):
        document.file.url  # noqa: B018
    link = response["Location"]
    with urlopen(link) as download:
        content, headers = download.read(), download.headers
    Listing.objects.update(state=State.BLOCKED)
    refused = Client().get(address(document))
    Listing.objects.update(state=State.PUBLISHED)
    Listing.objects.update(document_order=[])
    browser.post(f"/en/account/listings/{live.pk}/documents/{document.pk}/remove/")
    clear_leftovers()

    assert content == PDF
    assert headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert headers["Content-Type"] == "application/pdf"
    assert f"X-Amz-Expires={LINKS_LAST}&" in link
    assert response["Cache-Control"] == "private, no-store"
    assert refused.status_code == 404
    assert files() == []


def test_a_copy_of_data_lies_in_the_bucket_until_it_is_over(
    aigul, policy, files, django_capture_on_commit_callbacks
):
    export = file_request(
        aigul.subject, Request.Kind.EXPORT, language="en", email=aigul.email
    ).export
    build_waiting()
    export.refresh_from_db()

    assert (export.state, export.error) == ("ready", "")
    assert files() == [f"portal/private/{export.file.name}"]
    with export.file.open() as file:
        assert sha256(file.read()).hexdigest() == export.digest
    storages["private"].save("exports/left-by-a-killed-worker.zip", export.file.open())
    forget()
    assert files() == [f"portal/private/{export.file.name}"]
    with django_capture_on_commit_callbacks(execute=True):
        export.discard()
    assert files() == []


def test_a_store_that_is_away_loses_nothing_and_is_tried_again(
    draft, upload, ready, settings, bucket, files
):
    [photo] = upload(draft, picture())
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    there = settings.S3_OPTIONS
    settings.S3_OPTIONS = there | {"endpoint": nobody}
    settings.STORAGES = dict(settings.STORAGES)  # so that they are opened anew
    prepare_photo(photo.pk)
    photo.refresh_from_db()
    assert photo.state == "waiting"

    settings.S3_OPTIONS = there
    settings.STORAGES = dict(settings.STORAGES)
    type(photo).objects.update(tried_at=None)
    ready(photo)

    assert photo.state == "ready"


def test_what_lies_in_the_bucket_is_watched_and_searched(draft, upload, ready, bucket, monkeypatch):
    [photo] = ready(*upload(draft, picture()))
    part = photo.stem[:2]
    monkeypatch.setattr("listings.watched.part_of_the_hour", lambda: part)
    Leftover.objects.all().delete()
    type(photo).objects.update(uploaded_at="2026-01-01T00:00Z")
    bucket.put_object(Key=f"portal/private/documents/{part}/marat@example.com", Body=b"aigul@x.kz")

    assert list(files_without_rows()) == [f"documents/{part}/marat@example.com"]
    assert list(rows_without_files()) == []
    default_storage.delete(photo.path(800, "jpg"))
    assert list(rows_without_files()) == [f"photo № {photo.pk}"]
    places = [place for place in everywhere() if place.name in ("media", "private files")]
    found = {hit.where for hit in find(["marat@example.com", "aigul@x.kz"], places=places)}
    assert found == {f"documents/{part}/…"}
