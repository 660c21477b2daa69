from django.urls import path

from listings.feed import Newest
from listings.views import detail, editing, search

app_name = "listings"

urlpatterns = [
    path("listings/", search.index, name="index"),
    path("listings/feed/", Newest(), name="feed"),
    path("listings/<slug:slug>/", search.index, name="category"),
    path("listing/<int:pk>/", detail.detail, name="short"),
    path("listing/<int:pk>/<slug:slug>/", detail.detail, name="detail"),
    path("account/listings/", editing.mine, name="mine"),
]
