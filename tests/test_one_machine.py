"""What runs the service on one machine, against the service: limits, names, times, schemas."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from model_service import metrics
from model_service.settings import Settings
from prometheus_client import REGISTRY

from .answers import QUESTIONS, ROOT, TEMPLATE
from .rendered_files import rendered

DEPLOY = TEMPLATE / "deploy"
ALERTS = DEPLOY / "prometheus/alerts.yml"
PROMTOOL = shutil.which("promtool")
NGINX = (DEPLOY / "nginx/nginx.conf").read_text(encoding="utf-8")
DEFAULTS = Settings()
SECONDS = {"s": 1, "m": 60}

needs_promtool = pytest.mark.skipif(not PROMTOOL, reason="Prometheus' promtool is not installed.")


def panels() -> list[Any]:
    """Return the panels of Grafana's dashboard."""
    dashboard = json.loads((DEPLOY / "grafana/dashboard.json").read_text(encoding="utf-8"))
    return list(dashboard["panels"])


def expressions() -> dict[str, str]:
    """Return each expression of the dashboard and of the alerts, by where it stands."""
    shown = {f"{p['title']} {t['refId']}": t["expr"] for p in panels() for t in p["targets"]}
    rules = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"][0]["rules"]
    return shown | {rule["alert"]: rule["expr"] for rule in rules}


def seconds(directive: str) -> float:
    """Return the time that nginx.conf gives to a directive."""
    (found,) = re.findall(rf"^ *{directive} (\d+)([sm]);", NGINX, re.MULTILINE)
    return int(found[0]) * SECONDS[found[1]]


def test_every_metric_and_label_is_one_that_the_service_exports() -> None:
    counters = [metric for metric in vars(metrics).values() if hasattr(metric, "_labelnames")]
    assert len(counters) > 10
    labels = {
        sample: {*metric._labelnames, "le", "job", "instance"}
        for metric in counters
        for sample in REGISTRY._collector_to_names[metric]
    }
    used = set()
    for where, expression in expressions().items():
        for name, selector in re.findall(r"\b(service_\w+)(?:\{([^}]*)\})?", expression):
            assert name in labels, where
            assert set(re.findall(r'(\w+)(?:=|!=|=~|!~)"', selector)) <= labels[name], where
            used.add(name)
    assert len(used) > 10


def test_the_dashboard_is_whole() -> None:
    places = [panel["gridPos"] for panel in panels()]
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells) > 0
    assert all(x < 24 for x, _ in cells)
    assert len({panel["id"] for panel in panels()}) == len(places)
    sources = yaml.safe_load(
        (DEPLOY / "grafana/provisioning/datasources/prometheus.yaml").read_text()
    )["datasources"]
    asked = {target["datasource"]["uid"] for panel in panels() for target in panel["targets"]}
    assert asked == {source["uid"] for source in sources}


@needs_promtool
def test_prometheus_takes_its_configuration_and_every_expression(tmp_path: Path) -> None:
    folder = tmp_path / "prometheus"
    shutil.copytree(DEPLOY / "prometheus", folder)
    rules = [
        {"record": f"expression:{number}", "expr": text.replace("$__rate_interval", "1m")}
        for number, text in enumerate(expressions().values())
    ]
    group = {"groups": [{"name": "expressions", "rules": rules}]}
    (folder / "expressions.yml").write_text(yaml.safe_dump(group), encoding="utf-8")
    for command in (["config", "prometheus.yml"], ["rules", "expressions.yml"]):
        checked = run([str(PROMTOOL), "check", *command], folder)
        assert checked.returncode == 0, checked.stdout + checked.stderr


@needs_promtool
def test_alerts_come_when_they_should_and_only_then(tmp_path: Path) -> None:
    shutil.copy(ALERTS, tmp_path)
    shutil.copy(ROOT / "tests/monitoring_rules.yml", tmp_path)
    tested = run([str(PROMTOOL), "test", "rules", "monitoring_rules.yml"], tmp_path)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder to its end."""
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("gpu", QUESTIONS["gpu"])
def test_compose_takes_the_file(gpu: str, tmp_path: Path) -> None:
    compose = tmp_path / "compose.yaml"
    compose.write_text(rendered("compose.yaml", {"gpu": gpu}), encoding="utf-8")
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = run([*schema, str(compose)], tmp_path)
    assert checked.returncode == 0, checked.stdout
    service = yaml.safe_load(compose.read_text())["services"]["service"]
    assert ("reservations" in service["deploy"]["resources"]) == (gpu == "required")


def test_all_that_compose_mounts_is_there_and_ends_later_than_the_service() -> None:
    services = yaml.safe_load(rendered("compose.yaml", {}))["services"]
    volumes = [volume for one in services.values() for volume in one.get("volumes", ())]
    mounted = [volume.split(":")[0] for volume in volumes if volume.startswith("./")]
    assert mounted
    assert all((TEMPLATE / path).is_dir() for path in mounted)
    assert int(services["service"]["stop_grace_period"].rstrip("s")) > DEFAULTS.grace_s
    assert int(services["nginx"]["stop_grace_period"].rstrip("s")) >= seconds("proxy_read_timeout")


def test_nginx_has_the_limits_of_the_service() -> None:
    bodies = set(re.findall(r"client_max_body_size (\d+);|longer than (\d+) bytes", NGINX))
    assert {number for pair in bodies for number in pair if number} == {
        str(DEFAULTS.max_body_bytes)
    }
    deadline_s = DEFAULTS.deadline_ms / 1000
    assert seconds("proxy_next_upstream_timeout") == deadline_s
    assert deadline_s < seconds("proxy_read_timeout") < 2 * deadline_s
    assert f"server service:{DEFAULTS.port} " in (DEPLOY / "nginx/replicas.conf").read_text()
    (job,) = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())["scrape_configs"]
    assert job["dns_sd_configs"][0]["port"] == DEFAULTS.port
