"""How a private file leaves the house, once the view knows who is there."""

from django.http import FileResponse, HttpResponseRedirect


class Away(OSError):
    """The store does not answer, or refuses; to the portal it is a disk that does."""


def hand_out(file, *, filename: str, content_type: str):
    """To be saved, never shown: what is in it does not run in the name of the portal.

    `file` is that of a column. From a bucket by a link that is soon over, out of a folder itself.
    Raises FileNotFoundError.
    """
    if link := getattr(file.storage, "link", None):
        response = HttpResponseRedirect(
            link(file.name, filename=filename, content_type=content_type)
        )
    else:
        response = FileResponse(
            file.open(), as_attachment=True, filename=filename, content_type=content_type
        )
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
