from django.contrib import admin, messages
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from listings import documents, photos
from listings.catalogue import current_catalogue
from listings.editing import content_of, is_editable
from listings.models import Document, Listing, Photo
from listings.uploads import MEGABYTE, MOST_BYTES_A_REQUEST
from sellers.guards import for_editors
from ui.handing import hand_out

# Boundaries and names around the files of a request.
WRAPPING = MEGABYTE
CONTENT_TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}
FOR_EVER = "public, max-age=31536000, immutable"


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def gallery(request, member, pk):
    """The photos and documents of an ad, for who may change them; a POST adds photos."""
    listing = get_object_or_404(Listing.objects.of(member), pk=pk)
    if request.method == "POST":
        add_photos(request, member, listing)
        return redirect("listings:photos", pk)
    return render(request, "listings/photos.html", shown(listing))


def shown(listing):
    content = content_of(listing)
    ordered = listing.photos.in_order(content.photo_order)
    files = listing.documents.in_order(content.document_order)
    return {
        "listing": listing,
        "category": current_catalogue().categories[content.category_id],
        "content": content,
        "is_editable": is_editable(listing, content),
        "photos": ordered,
        "waits": any(photo.is_waiting for photo in ordered),
        "failed": listing.photos.filter(state=Photo.State.FAILED).order_by("pk"),
        "room": Photo.MOST_PER_LISTING - len(ordered),
        "most": Photo.MOST_PER_LISTING,
        "documents": files,
        "room_for_documents": Document.MOST_PER_LISTING - len(files),
        "most_documents": Document.MOST_PER_LISTING,
    }


def add_photos(request, member, listing):
    files = request.FILES.getlist("photos")
    content = content_of(listing)
    if not may_receive(request, files, listing, content):
        return
    room = Photo.MOST_PER_LISTING - len(content.photo_order)
    try:
        received = photos.receive(member.seller, files[: 2 * Photo.MOST_PER_LISTING], room)
        left_out = len(files) - len(received) + change(member, listing.pk, photos.add, received)
    except photos.Busy:
        messages.error(
            request,
            _("Nothing was added: many of your photos are still being prepared. Wait a minute."),
        )
    except Listing.Impossible:
        tell_impossible(request)
    else:
        if left_out:
            messages.warning(
                request,
                ngettext(
                    "An ad shows 15 photos at most: %(count)d photo was left out.",
                    "An ad shows 15 photos at most: %(count)d photos were left out.",
                    left_out,
                )
                % {"count": left_out},
            )


@for_editors
@require_POST
def add_documents(request, member, pk):
    listing = get_object_or_404(Listing.objects.of(member), pk=pk)
    back = redirect(f"{reverse('listings:photos', args=[pk])}#documents")
    files = request.FILES.getlist("documents")
    content = content_of(listing)
    if not may_receive(request, files, listing, content):
        return back
    room = Document.MOST_PER_LISTING - len(content.document_order)
    received, tried = [], 0
    for file in files[: 2 * Document.MOST_PER_LISTING]:
        if len(received) >= room:
            break
        tried += 1
        try:
            received.append(documents.receive(file))
        except documents.Refused as refusal:
            messages.error(request, refusal.reason.label)
    try:
        left_out = change(member, listing.pk, documents.add, received)
    except Listing.Impossible:
        tell_impossible(request)
        return back
    left_out += len(files) - tried
    if left_out:
        messages.warning(
            request,
            ngettext(
                "An ad has 5 documents at most: %(count)d document was left out.",
                "An ad has 5 documents at most: %(count)d documents were left out.",
                left_out,
            )
            % {"count": left_out},
        )
    return back


def may_receive(request, files, listing, content):
    if not files:
        messages.error(request, _("Nothing was added: choose a file first."))
        return False
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES_A_REQUEST + WRAPPING:
        messages.error(
            request,
            _("Nothing was added: together the files are larger than 60 MB. Add fewer at a time."),
        )
        return False
    if not is_editable(listing, content):
        tell_impossible(request)
        return False
    return True


def move_earlier(request, pk, photo):
    return change_photo(request, pk, photo, photos.move_earlier)


def move_later(request, pk, photo):
    return change_photo(request, pk, photo, photos.move_later)


def make_main(request, pk, photo):
    return change_photo(request, pk, photo, photos.make_main)


def remove(request, pk, photo):
    return change_photo(request, pk, photo, photos.remove)


@for_editors
@require_POST
def change_photo(request, member, pk, photo, verb):
    photo = Photo.objects.filter(listing__in=Listing.objects.of(member), listing=pk, pk=photo)
    return change_one(request, member, pk, photo.first(), verb, "photo")


@for_editors
@require_POST
def remove_document(request, member, pk, document):
    document = Document.objects.filter(
        listing__in=Listing.objects.of(member), listing=pk, pk=document
    )
    return change_one(request, member, pk, document.first(), documents.remove, "document")


def change_one(request, member, pk, one, verb, kind):
    get_object_or_404(Listing.objects.of(member), pk=pk)
    back = reverse("listings:photos", args=[pk])
    if one is None:
        messages.info(request, _("It is not there any more."))
        return redirect(back)
    try:
        change(member, pk, verb, one)
    except Listing.Impossible:
        tell_impossible(request)
    still_there = kind == "photo" and one.pk is not None
    return redirect(f"{back}#photo-{one.pk}" if still_there else f"{back}#{kind}s")


def change(member, pk, verb, what):
    with transaction.atomic():
        listing = get_object_or_404(Listing.objects.of(member).select_for_update(), pk=pk)
        return verb(listing, what)


def tell_impossible(request):
    messages.error(
        request,
        _("Nothing was changed: in its present state the ad cannot be edited."),
    )


@require_safe
def document(request, pk, document):
    found = Document.objects.filter(listing=pk, pk=document)
    one = found.open_by_address().first() or own(request.user, found) or looked_at(request, found)
    if not one:
        raise Http404
    try:
        return hand_out(one.file, filename=one.name, content_type=one.content_type)
    except FileNotFoundError as lost:
        raise Http404 from lost


def own(user, found):
    return user.is_authenticated and found.filter(listing__seller__members__user=user).first()


def looked_at(request, found):
    """By a moderator, before it is public."""
    is_moderator = admin.site.has_permission(request)
    return is_moderator and request.user.has_perm("listings.view_document") and found.first()


@require_safe
def file(request, name):
    """A file of a photo: out of a bucket, or on one's own machine. Of a folder the proxy has it."""
    try:
        content = default_storage.open(f"photos/{name[:2]}/{name}")
    except FileNotFoundError as lost:
        raise Http404 from lost
    response = FileResponse(content, content_type=CONTENT_TYPES[name.rpartition(".")[2]])
    response["Cache-Control"] = FOR_EVER
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
