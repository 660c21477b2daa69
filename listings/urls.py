from django.urls import path

from listings.views import detail, editing, search, storefront

app_name = "listings"

urlpatterns = [
    path("listings/", search.index, name="index"),
    path("listings/<slug:slug>/", search.index, name="category"),
    path("listing/<int:pk>/", detail.detail, name="short"),
    path("listing/<int:pk>/<slug:slug>/", detail.detail, name="detail"),
    path("account/listings/", editing.mine, name="mine"),
]

# Under the name and the address of the seller; see kazvek/urls.py.
storefronts = [
    path("sellers/<slug:slug>/", storefront.storefront, name="storefront"),
    path("sellers/<slug:slug>/phones/", storefront.phones, name="phones"),
]
