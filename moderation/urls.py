from django.urls import path

from moderation import views

app_name = "moderation"

urlpatterns = [
    path("listing/<int:pk>/report/", views.report, name="report"),
    path("listing/<int:pk>/report/sent/", views.reported, name="reported"),
    path("account/listings/<int:pk>/appeal/", views.appeal, name="appeal"),
]
