import os
import subprocess
import sys

import pytest
from django.core.mail import send_mail

from letters import after_commit
from tests.letters.outside import ADDRESS, Broker, PostOffice, database_url, kill, wait_until


@pytest.fixture(autouse=True)
def outbox(settings):
    """Django's test runner puts another backend in its place."""
    settings.EMAIL_BACKEND = "letters.backend.OutboxBackend"
    after_commit.away_until = 0


@pytest.fixture
def cause_letter():
    def cause(to=ADDRESS, subject="Your harvest", body="Forty tonnes of wheat wait for you."):
        send_mail(subject, body, "Kazvek <no-reply@kazvek.example>", [to])

    return cause


@pytest.fixture
def post_office(settings):
    office = PostOffice()
    settings.LETTERS_MAILER = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = office.port
    settings.EMAIL_TIMEOUT = 1
    office.open()
    yield office
    office.close()


@pytest.fixture
def broker(tmp_path, monkeypatch):
    server = Broker(tmp_path)
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", f"{server.url}/1")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def start_program(broker, post_office, tmp_path):
    """Start `celery worker` or `celery beat` as in production; it logs into a file."""
    started = []

    def start(*words):
        log = tmp_path / f"{words[0]}-{len(started)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "kazvek", *words],
                env=os.environ
                | {
                    "DATABASE_URL": database_url(),
                    "REDIS_URL": broker.url,
                    "CELERY_BROKER_WRITE_URL": f"{broker.url}/1",
                    "EMAIL_URL": f"smtp://127.0.0.1:{post_office.port}",
                },
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process.log = log
        started.append(process)
        return process

    yield start
    for process in started:
        kill(process)


@pytest.fixture
def start_worker(start_program):
    def start():
        process = start_program("worker", "--queues", "mail", "--concurrency", "1")
        wait_until(lambda: "ready." in process.log.read_text() or process.poll() is not None)
        assert process.poll() is None, process.log.read_text()
        return process

    return start
