import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
# What only a local run reads, and what the servers' own images read.
LOCAL_ONLY = {"LOCAL", "DEBUG", "PORT"}
SET_BY_THE_IMAGE = {"MEDIA_ROOT", "PRIVATE_ROOT", "VAR_ROOT"}
OF_THE_SERVERS = {"POSTGRES_PASSWORD", "VALKEY_PASSWORD"}
OF_COMPOSE = {"DATABASE_SESSIONS_URL", "PHOTOS"}

settings = (ROOT / "kazvek/settings.py").read_text()
read_by_settings = set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", settings))
compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PORTAL_SERVICES = ["web", "worker", "privacy", "photos", "beat", "migrate"]


def test_env_example_names_exactly_what_the_settings_and_the_servers_read():
    named = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert named == read_by_settings | OF_THE_SERVERS | OF_COMPOSE


def test_every_portal_service_gets_exactly_what_the_settings_read():
    for service in PORTAL_SERVICES:
        given = set(compose["services"][service]["environment"])

        assert given == read_by_settings - LOCAL_ONLY - SET_BY_THE_IMAGE, service


def test_compose_asks_the_operator_for_nothing_env_example_does_not_name():
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    named = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert asked <= named


def test_the_image_sets_only_what_the_settings_read():
    dockerfile = (ROOT / "Dockerfile").read_text()
    given = set(re.findall(r"\b([A-Z]+_ROOT)=", dockerfile))

    assert given == SET_BY_THE_IMAGE


def test_every_service_is_hardened_checked_and_limited():
    for name, service in compose["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert "healthcheck" in service or name == "migrate", name
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name


def test_tasks_go_only_to_queues_that_a_worker_reads():
    queues = set(re.findall(r"\"queue\": \"(\w+)\"", settings)) | {"default"}
    commands = [compose["services"][name]["command"] for name in ("worker", "privacy")]
    read = {name for each in commands for name in each[each.index("--queues") + 1].split(",")}

    assert queues == read
