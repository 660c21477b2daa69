from django.urls import path

from pages import views

app_name = "pages"

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help, name="help"),
    path("contact/", views.contact, name="contact"),
    path("style-guide/", views.style_guide, name="style_guide"),
]
