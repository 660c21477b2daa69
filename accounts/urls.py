from django.urls import path

from accounts import asking_views, export_views, held_views, privacy_views, views

app_name = "accounts"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("profile/", views.profile, name="profile"),
    path("profile/person/", views.edit_person, name="edit_person"),
    path("profile/phones/add/", views.add_phone, name="add_phone"),
    path("profile/phones/<int:pk>/", views.edit_phone, name="edit_phone"),
    path("profile/phones/<int:pk>/remove/", views.remove_phone, name="remove_phone"),
    path("profile/addresses/<slug:kind>/", views.edit_address, name="edit_address"),
    path("profile/addresses/<slug:kind>/remove/", views.remove_address, name="remove_address"),
    path("security/", views.security, name="security"),
    path("security/sessions/<int:pk>/end/", views.end_session, name="end_session"),
    path("security/sessions/end-others/", views.end_other_sessions, name="end_other_sessions"),
    path("privacy/", privacy_views.overview, name="privacy"),
    path(
        "privacy/consents/<slug:purpose>/<slug:channel>/give/",
        privacy_views.give_consent,
        name="give_consent",
    ),
    path(
        "privacy/consents/<slug:purpose>/<slug:channel>/withdraw/",
        privacy_views.withdraw_consent,
        name="withdraw_consent",
    ),
    path("privacy/consents/withdraw-all/", privacy_views.withdraw_all, name="withdraw_all"),
    path("privacy/receipts/", privacy_views.receipts, name="receipts"),
    path("privacy/receipts/all.json", privacy_views.receipts_json, name="receipts_json"),
    path("privacy/receipts/<int:sequence>/", privacy_views.receipt_page, name="receipt"),
    path("privacy/receipts/<int:sequence>.json", privacy_views.receipt_json, name="receipt_json"),
    path("privacy/changes/", privacy_views.changes, name="changes"),
    path("privacy/data/", held_views.held, name="held"),
    path("privacy/data/look-for-more/", asking_views.join_own, name="join_own"),
    path("privacy/data/<slug:table>/", held_views.held_kind, name="held_kind"),
    path("privacy/data/<slug:table>/<int:pk>/remove/", held_views.remove_held, name="remove_held"),
    path("privacy/ask/", asking_views.kinds, name="ask_for"),
    path("privacy/ask/<slug:kind>/", asking_views.ask_for, name="ask_for_kind"),
    path("privacy/leave/", privacy_views.leave, name="leave"),
    path("privacy/leave/<slug:kind>/", privacy_views.ask, name="ask"),
    path("privacy/export/<int:pk>/", export_views.export, name="export"),
    path("privacy/export/<int:pk>/again/", export_views.build_again, name="build_again"),
    path("privacy/export/<int:pk>/fetch/", export_views.fetch_export, name="fetch_export"),
    path("privacy/export/<int:pk>/file/", export_views.export_file, name="export_file"),
    path(
        "privacy/requests/<int:pk>/take-back/",
        privacy_views.take_request_back,
        name="take_request_back",
    ),
]
