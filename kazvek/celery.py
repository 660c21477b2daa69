import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kazvek.settings")

app = Celery("kazvek")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def leave_logs_to_the_settings(**options):
    """Celery would put its own level and its own format, arguments included, over ours."""
