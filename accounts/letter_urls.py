from django.urls import path

from accounts import letter_views as views

app_name = "by_letter"

urlpatterns = [
    path("", views.ask, name="ask"),
    path("sent/", views.asked, name="asked"),
    path("confirm/", views.confirm, name="confirm"),
    path("take-back/", views.take_request_back, name="take_back"),
    path("data/", views.held, name="held"),
    path("data/<slug:table>/", views.held_kind, name="held_kind"),
]
