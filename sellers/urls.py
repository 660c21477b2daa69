from django.urls import path

from sellers.views import profile, public

app_name = "sellers"

urlpatterns = [
    path("sellers/", public.index, name="index"),
    path("sellers/<slug:slug>/", public.storefront, name="storefront"),
    path("sellers/<slug:slug>/phones/", public.phones, name="phones"),
    path("account/seller/", profile.profile, name="profile"),
    path("account/seller/create/", profile.create, name="create"),
    path("account/seller/identity/", profile.edit_identity, name="edit_identity"),
    path("account/seller/place/", profile.edit_place, name="edit_place"),
    path("account/seller/about/", profile.edit_about, name="edit_about"),
    path("account/seller/phones/add/", profile.add_phone, name="add_phone"),
    path("account/seller/phones/<int:pk>/", profile.edit_phone, name="edit_phone"),
    path("account/seller/phones/<int:pk>/remove/", profile.remove_phone, name="remove_phone"),
    path("account/seller/close/", profile.close, name="close"),
]
