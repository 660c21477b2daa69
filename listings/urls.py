from django.urls import path

from listings.feed import Newest
from listings.states import Act
from listings.views import (
    detail,
    editing,
    favourites,
    mine,
    photos,
    search,
    searches,
    statistics,
    storefront,
)
from ui.public import public_page

app_name = "listings"

urlpatterns = [
    path("listings/", search.index, name="index"),
    path("listings/feed/", public_page(Newest()), name="feed"),
    path("listings/<slug:slug>/", search.index, name="category"),
    path("listing/<int:pk>/", detail.detail, name="short"),
    path("listing/<int:pk>/phone/", detail.phone, name="phone"),
    path("listing/<int:pk>/save/", favourites.save, name="save"),
    path("listing/<int:pk>/unsave/", favourites.unsave, name="unsave"),
    path("listing/<int:pk>/<slug:slug>/", detail.detail, name="detail"),
    path("account/listings/<int:pk>/stats/", statistics.statistics, name="statistics"),
    path("account/favourites/", favourites.index, name="favourites"),
    path("account/searches/", searches.index, name="searches"),
    path("account/searches/save/", searches.save, name="save_search"),
    path("account/searches/<int:pk>/rename/", searches.rename, name="rename_search"),
    path("account/searches/<int:pk>/delete/", searches.delete, name="delete_search"),
    path("listing/<int:pk>/documents/<int:document>/", photos.document, name="document"),
    path("account/listings/<int:pk>/photos/", photos.gallery, name="photos"),
    path(
        "account/listings/<int:pk>/photos/<int:photo>/earlier/",
        photos.move_earlier,
        name="move_photo_earlier",
    ),
    path(
        "account/listings/<int:pk>/photos/<int:photo>/later/",
        photos.move_later,
        name="move_photo_later",
    ),
    path(
        "account/listings/<int:pk>/photos/<int:photo>/main/",
        photos.make_main,
        name="make_photo_main",
    ),
    path(
        "account/listings/<int:pk>/photos/<int:photo>/remove/", photos.remove, name="remove_photo"
    ),
    path("account/listings/<int:pk>/documents/", photos.add_documents, name="add_documents"),
    path(
        "account/listings/<int:pk>/documents/<int:document>/remove/",
        photos.remove_document,
        name="remove_document",
    ),
    path("account/listings/", mine.mine, name="mine"),
    path("account/listings/new/", editing.new, name="new"),
    path("account/listings/acts/", mine.mass_act, name="mass_act"),
    path("account/listings/<int:pk>/", mine.own, name="own"),
    path("account/listings/<int:pk>/edit/", editing.edit, name="edit"),
    path("account/listings/<int:pk>/category/", editing.category, name="change_category"),
    path("account/listings/<int:pk>/publish/", editing.publish, name="publish"),
    path("account/listings/<int:pk>/take-back/", mine.take_back, name="take_back"),
    path("account/listings/<int:pk>/copy/", mine.copy, name="copy"),
    path("account/listings/<int:pk>/delete/", mine.delete, name="delete"),
    *(
        path(f"account/listings/<int:pk>/{act}/", mine.act, {"act": act}, name=act.value)
        for act in (Act.WITHDRAW, Act.PAUSE, Act.RESUME, Act.SELL, Act.RENEW, Act.ARCHIVE)
    ),
    path("listing/renew/<str:token>/", mine.renew_by_letter, name="renew_by_letter"),
]

# Under the name and the address of the seller; see kazvek/urls.py.
storefronts = [
    path("sellers/<slug:slug>/", storefront.storefront, name="storefront"),
    path("sellers/<slug:slug>/phones/", storefront.phones, name="phones"),
]
