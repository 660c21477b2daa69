import os
import time

from celery import Celery
from celery.signals import before_task_publish, setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kazvek.settings")

app = Celery("kazvek")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def leave_logs_to_the_settings(**options):
    """Celery would put its own level and its own format, arguments included, over ours."""


@before_task_publish.connect
def say_since_when_it_waits(headers, **options):
    """For the age of what waits in a queue; a message does not tell it by itself."""
    headers["queued_at"] = time.time()
