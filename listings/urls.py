from django.urls import path

from listings.states import Act
from listings.views import detail, editing, mine, search

app_name = "listings"

urlpatterns = [
    path("listings/", search.index, name="index"),
    path("listings/<slug:slug>/", search.index, name="category"),
    path("listing/<int:pk>/", detail.detail, name="short"),
    path("listing/<int:pk>/<slug:slug>/", detail.detail, name="detail"),
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
