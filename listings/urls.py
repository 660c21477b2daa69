from django.urls import path

from listings.views import detail, editing, favourites, search, searches, statistics

app_name = "listings"

urlpatterns = [
    path("listings/", search.index, name="index"),
    path("listings/<slug:slug>/", search.index, name="category"),
    path("listing/<int:pk>/", detail.detail, name="short"),
    path("listing/<int:pk>/phone/", detail.phone, name="phone"),
    path("listing/<int:pk>/save/", favourites.save, name="save"),
    path("listing/<int:pk>/unsave/", favourites.unsave, name="unsave"),
    path("listing/<int:pk>/<slug:slug>/", detail.detail, name="detail"),
    path("account/listings/", editing.mine, name="mine"),
    path("account/listings/<int:pk>/stats/", statistics.statistics, name="statistics"),
    path("account/favourites/", favourites.index, name="favourites"),
    path("account/searches/", searches.index, name="searches"),
    path("account/searches/save/", searches.save, name="save_search"),
    path("account/searches/<int:pk>/rename/", searches.rename, name="rename_search"),
    path("account/searches/<int:pk>/delete/", searches.delete, name="delete_search"),
]
