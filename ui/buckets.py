"""Files in a bucket that speaks S3 (STORAGE_URL), for several machines: like those of a folder.

Nobody but the portal reads the bucket. Photos it hands out under its own address; whoever may have
a document or a copy of data is sent to the bucket with a link that works for LINKS_LAST seconds.
"""

from contextlib import contextmanager
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files import File
from django.utils.http import content_disposition_header
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from ui.handing import Away

# Of a file that is read; what is larger lies on the disk meanwhile, without a name.
IN_MEMORY = 1024 * 1024
# Seconds: begun within them a download goes on to its end.
LINKS_LAST = 60
HASTE = {"connect_timeout": 2, "read_timeout": 5, "retries": {"total_max_attempts": 2}}
# Not every store knows the checksums that this client would send of itself.
PLAIN = {
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}


class Bucket(S3Storage):
    def get_default_settings(self):
        given = {name: value or None for name, value in settings.S3_OPTIONS.items()}
        return super().get_default_settings() | {
            "access_key": given["access_key_id"],
            "secret_key": given["secret_access_key"],
            "region_name": given["region"],
            "endpoint_url": given["endpoint"],
            "client_config": Config(signature_version="s3v4", **HASTE, **PLAIN),
            # As a folder does: a name that is taken is not written over.
            "file_overwrite": False,
            # Where the portal hands them out; None: they have no address.
            "base_url": None,
        }

    def url(self, name):
        if self.base_url is None:
            raise ValueError("These files have no address.")
        return self.base_url + clean_name(name)

    def link(self, name, *, filename, content_type):
        """Never shown, only saved, under this name. Raises FileNotFoundError."""
        key = self._normalize_name(clean_name(name))
        asked = {"Bucket": self.bucket_name, "Key": key}
        with troubles_of_a_disk(name):
            self.bucket.meta.client.head_object(**asked)
        answered = {
            "ResponseContentDisposition": content_disposition_header(True, filename),
            "ResponseContentType": content_type,
            "ResponseCacheControl": "private, no-store",
        }
        return self.bucket.meta.client.generate_presigned_url(
            "get_object", Params=asked | answered, ExpiresIn=LINKS_LAST
        )

    def _open(self, name, mode="rb"):
        """Whole and at once, so that nothing can go wrong with it later."""
        if mode != "rb":
            raise ValueError("Files of a bucket are only read.")
        return Fetched(self.fetch(name), name, self)

    def fetch(self, name):
        with troubles_of_a_disk(name):
            found = self.bucket.Object(self._normalize_name(clean_name(name))).get()
            file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 whoever asked for it closes it
            copyfileobj(found["Body"], file)
        file.seek(0)
        return file

    def _save(self, name, content):
        with troubles_of_a_disk(name):
            return super()._save(name, content)

    def delete(self, name):
        with troubles_of_a_disk(name):
            super().delete(name)

    def exists(self, name):
        with troubles_of_a_disk(name):
            return super().exists(name)

    def listdir(self, name):
        with troubles_of_a_disk(name):
            return super().listdir(name)

    def size(self, name):
        with troubles_of_a_disk(name):
            return super().size(name)


class Fetched(File):
    def __init__(self, file, name, storage):
        super().__init__(file, name)
        self.storage = storage

    def open(self, mode="rb"):
        if self.closed:
            self.file = self.storage.fetch(self.name)
        self.seek(0)
        return self


@contextmanager
def troubles_of_a_disk(name):
    """Whoever uses files knows what to do with these."""
    try:
        yield
    except ClientError as trouble:
        if trouble.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            raise FileNotFoundError(name) from trouble
        raise Away(trouble.response["Error"].get("Code", "")) from trouble
    except BotoCoreError as trouble:
        raise Away(type(trouble).__name__) from trouble
