import re
from pathlib import Path

import pytest
import yaml
from django.urls import resolve
from prometheus_client.parser import text_string_to_metric_families

from privacy.sweep import sweep
from privacy.tasks import look_at_ourselves

ROOT = Path(__file__).parents[2]
[group] = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text())["groups"]
RULES = {rule["alert"]: rule for rule in group["rules"]}
ASKED = re.compile(r"\b(kazvek_\w+)(?:\{([^}]*)\})?")
LABEL = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')


@pytest.mark.django_db
def test_alerts_ask_only_for_numbers_labels_and_routes_that_there_are(client, settings, operator):
    look_at_ourselves()
    sweep()
    settings.METRICS_TOKEN = "a token of twenty letters"
    client.get("/ru/")
    page = client.get("/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})
    told = {}
    for family in text_string_to_metric_families(page.content.decode()):
        for sample in [*family.samples, *([family] if not family.samples else [])]:
            told.setdefault(sample.name, []).append(getattr(sample, "labels", {}))

    for alert, rule in RULES.items():
        for name, labels in ASKED.findall(rule["expr"]):
            assert name in told or name.removesuffix("_total") in told, (alert, name)
            for label, sign, value in LABEL.findall(labels):
                known = [labels.get(label) for labels in told.get(name, [])]
                if label not in ("status", "route") and sign == "=":
                    assert value in known, (alert, label, value)
    routes = {resolve(path).view_name for path in ("/ru/", "/ru/listings/", "/ru/listings/wheat/")}
    routes.add(resolve("/ru/listing/1/wheat/").view_name)
    for alert in ("SlowPages", "ManyQueries"):
        [asked, *_] = re.findall(r'route=~"([^"]+)"', RULES[alert]["expr"])
        assert all(re.fullmatch(asked, route) for route in routes), alert
    assert re.fullmatch("readyz|metrics", resolve("/readyz").view_name)
    assert re.fullmatch("readyz|metrics", resolve("/metrics").view_name)


def test_the_guide_says_of_each_alert_what_it_means_and_what_to_do():
    guide = (ROOT / "docs/operations.md").read_text()

    rows = {row[0]: row for line in guide.splitlines() if len(row := cells(line)) == 3}
    for alert in RULES:
        name, means, what_to_do = rows[f"`{alert}`"]
        assert means, name
        assert what_to_do, name


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []


def test_the_guide_names_no_alert_that_there_is_not():
    guide = (ROOT / "docs/operations.md").read_text()

    named = {row[0].strip("`") for line in guide.splitlines() if len(row := cells(line)) == 3}
    assert {name for name in named if re.fullmatch(r"([A-Z][a-z]+){2,}", name)} == set(RULES)
