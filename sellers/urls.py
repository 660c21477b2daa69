from django.urls import path

from sellers.views import members, profile, public

app_name = "sellers"

urlpatterns = [
    path("sellers/", public.index, name="index"),
    path(
        "sellers/<slug:slug>/person/<str:key>/", public.authorised_person, name="authorised_person"
    ),
    path("account/seller/", profile.profile, name="profile"),
    path("account/seller/create/", profile.create, name="create"),
    path("account/seller/identity/", profile.edit_identity, name="edit_identity"),
    path("account/seller/place/", profile.edit_place, name="edit_place"),
    path("account/seller/about/", profile.edit_about, name="edit_about"),
    path("account/seller/phones/add/", profile.add_phone, name="add_phone"),
    path("account/seller/phones/<int:pk>/", profile.edit_phone, name="edit_phone"),
    path("account/seller/phones/<int:pk>/remove/", profile.remove_phone, name="remove_phone"),
    path("account/seller/hours/", profile.edit_hours, name="edit_hours"),
    path("account/seller/shipping/", profile.edit_shipping, name="edit_shipping"),
    path("account/seller/payment/", profile.edit_payment, name="edit_payment"),
    path("account/seller/authorised/", profile.edit_authorised, name="edit_authorised"),
    path("account/seller/authorised/remove/", profile.remove_authorised, name="remove_authorised"),
    path("account/seller/members/", members.members, name="members"),
    path("account/seller/members/invite/", members.invite, name="invite"),
    path("account/seller/members/<int:pk>/role/", members.change_role, name="change_role"),
    path("account/seller/members/<int:pk>/remove/", members.remove, name="remove_member"),
    path(
        "account/seller/members/invitations/<int:pk>/withdraw/",
        members.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("account/seller/leave/", members.leave, name="leave"),
    path("account/seller/invitations/", members.invitations, name="invitations"),
    path("account/seller/invitations/<int:pk>/accept/", members.accept, name="accept"),
    path("account/seller/invitations/<int:pk>/decline/", members.decline, name="decline"),
    path("account/seller/close/", profile.close, name="close"),
]
