"""What `deploy/` holds fits the program: settings, ports, paths, times, figures. What starts by it is told in docs/deploy.md."""

import json
import os
import re
import subprocess
import urllib.request
from pathlib import Path

import pytest
import yaml

from balancer import NOTICE
from hub import HERE, plain_environment, program
from programs import cache

DEPLOY = HERE.parent / "deploy"
DOCUMENTS = HERE.parent / "docs"
# Before a stop is forced: what is left when all requests have ended.
REST = 10


@pytest.fixture
def settings():
    """Jobs wait, so that there is something to be told of them."""
    return {"LIMPIDE_JOBS_WORKERS": "0"}


def test_every_setting_in_these_files_is_one(tmp_path):
    everywhere = [compose_settings(), kubernetes_settings(), dockerfile_settings(), NOTICE]
    for settings in everywhere:
        assert settings
        said = check_config(tmp_path, settings=settings)
        for name in settings:
            assert f"# {name}" in said, f"{name}\n{said}"


def test_the_settings_of_the_package_are_ones_with_their_comments_too(tmp_path):
    file = DEPLOY / "debian" / "limpide.toml"
    assert 'data = "/var/lib/limpide"' in check_config(tmp_path, "--config", file)
    # What is commented out is there to be used.
    told = re.sub(r'^# (?=[a-z-]+ = |\[)', "", file.read_text(), flags=re.MULTILINE).replace("…", "x")
    (tmp_path / "all.toml").write_text(told)
    said = check_config(tmp_path, "--config", tmp_path / "all.toml")
    for setting in ("public-url", "shutdown-notice", "bucket", "endpoint", "secret-key", "database"):
        assert re.search(rf"^(?:# )?{setting} = .*all.toml", said, re.MULTILINE), f"{setting}\n{said}"


def test_ports_and_paths_are_the_same_everywhere():
    nginx, compose = (DEPLOY / "nginx.conf").read_text(), manifest("compose.yaml")
    servers = re.findall(r"^ +server (\S+):(\d+) ", nginx, re.MULTILINE)
    assert servers == [("limpide-1", "8080"), ("limpide-2", "8080")]
    assert all(name in compose["services"] for name, _ in servers)
    assert compose["services"]["nginx"]["volumes"] == ["./nginx.conf:/etc/nginx/conf.d/default.conf:ro"]
    assert compose["services"]["limpide-1"]["build"] == {"context": "..", "dockerfile": "deploy/Dockerfile"}
    dockerfile = dockerfile_settings()
    assert dockerfile["LIMPIDE_ADDRESS"].endswith(":8080") and dockerfile["LIMPIDE_DATA"] == "/data"
    assert compose["services"]["limpide-1"]["volumes"] == ["data-1:/data"]
    container = kubernetes_container()
    assert container["ports"] == [{"name": "http", "containerPort": 8080}]
    assert {"name": "data", "mountPath": "/data"} in container["volumeMounts"]
    targets = manifest("prometheus/prometheus.yaml")["scrape_configs"][0]["static_configs"][0]["targets"]
    assert targets == [":".join(server) for server in servers]
    unit = (DEPLOY / "systemd" / "limpide.service").read_text()
    assert "StateDirectory=limpide\n" in unit and "--config /etc/limpide/limpide.toml\n" in unit


def test_names_in_the_compose_file_are_set_in_its_example():
    compose = (DEPLOY / "compose.yaml").read_text()
    example = (DEPLOY / "compose.env.example").read_text()
    assert set(re.findall(r"\$\{([A-Z0-9_]+)", compose)) == set(re.findall(r"^([A-Z0-9_]+)=", example, re.MULTILINE))
    # Whoever is waited for is there, and so is whatever is mounted.
    compose = manifest("compose.yaml")
    for service in compose["services"].values():
        assert set(service.get("depends_on", [])) <= set(compose["services"])
        assert set(service["networks"]) <= set(compose["networks"])
        named = {volume.split(":")[0] for volume in service.get("volumes", []) if not volume.startswith(".")}
        assert named <= set(compose["volumes"])


def test_the_pieces_of_kubernetes_belong_together():
    deployment, *_ = manifests("kubernetes/deployment.yaml")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    budget, *_ = manifests("kubernetes/pdb.yaml")
    services = {service["metadata"]["name"]: service for service in manifests("kubernetes/service.yaml")}
    assert labels == deployment["spec"]["selector"]["matchLabels"]
    assert labels == budget["spec"]["selector"]["matchLabels"]
    assert labels == services["limpide"]["spec"]["selector"]
    assert "selector" not in services["limpide-closed"]["spec"]
    ingress, *_ = manifests("kubernetes/ingress.yaml")
    paths = ingress["spec"]["rules"][0]["http"]["paths"]
    assert [path["backend"]["service"]["name"] for path in paths] == ["limpide-closed", "limpide"]
    secret, *_ = manifests("kubernetes/secret.example.yaml")
    assert kubernetes_container()["envFrom"] == [{"secretRef": {"name": secret["metadata"]["name"]}}]
    listed = manifest("kubernetes/kustomization.yaml")["resources"]
    assert all((DEPLOY / "kubernetes" / name).exists() for name in listed)
    assert deployment["spec"]["replicas"] == 2 and budget["spec"]["minAvailable"] == 1


def test_times_fit_each_other():
    nginx = (DEPLOY / "nginx.conf").read_text()
    upstream = nginx[nginx.index("upstream"):nginx.index("server {")]
    kept = max(int(time) for time in re.findall(r"(?:keepalive_timeout |fail_timeout=)(\d+)s", upstream))
    compose, deployment = manifest("compose.yaml")["services"]["limpide-1"], manifest("kubernetes/deployment.yaml")
    patience = deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    for settings, most in ((compose_settings(), seconds(compose["stop_grace_period"])), (kubernetes_settings(), patience)):
        notice = seconds(settings["LIMPIDE_SHUTDOWN_NOTICE"])
        # nginx lets go of old connections before a server closes them.
        assert kept < notice
        assert notice + seconds(settings["LIMPIDE_SHUTDOWN_WAIT"]) + REST <= most
    assert kept < seconds(NOTICE["LIMPIDE_SHUTDOWN_NOTICE"])
    unit = (DEPLOY / "systemd" / "limpide.service").read_text()
    toml = (DEPLOY / "debian" / "limpide.toml").read_text()
    times = dict(re.findall(r'^(?:# )?(shutdown-[a-z]+) = "(.*)"', toml, re.MULTILINE))
    assert kept < seconds(times["shutdown-notice"])
    most = seconds(re.search(r"^TimeoutStopSec=(.*)", unit, re.MULTILINE)[1])
    assert seconds(times["shutdown-notice"]) + seconds(times["shutdown-wait"]) + REST <= most


def test_the_container_s_health_is_that_of_the_server(hub):
    line = re.search(r"^HEALTHCHECK .*\\\n +CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)[1]
    assert "/127.0.0.1/8080" in line
    command = json.loads(line)
    here = [word.replace("127.0.0.1/8080", hub.url.removeprefix("http://").replace(":", "/")) for word in command]
    subprocess.run(here, check=True, timeout=10)
    nobody = [word.replace("127.0.0.1/8080", "127.0.0.1/1") for word in command]
    assert subprocess.run(nobody, capture_output=True, timeout=10).returncode != 0


def test_every_figure_that_is_watched_is_told(hub, ada):
    (ada.folder / "notes.txt").write_text("one\n")
    ada.hf("upload", "ada/tiny", ada.folder / "notes.txt")
    for path in ("/", "/models", "/datasets", "/spaces", "/api/models"):
        get(hub, path)
    told = get(hub, "/metrics")
    series = set(re.findall(r"^(\w+)(?:\{| )", told, re.MULTILINE))
    watched = queries()
    assert len(watched) > 20
    for query in watched:
        for name in re.findall(r"\blimpide_\w+", query):
            assert name in series, f"{name}: {query}"
        # Routes are spelt as the program spells them.
        for routes in re.findall(r'route=~"([^"]+)"', query):
            for route in routes.split("|"):
                assert f'route="{route}"' in told, route


def test_alerts_come_when_they_should_and_lead_to_the_runbook():
    rules, tests = DEPLOY / "prometheus" / "alerts.yaml", DEPLOY / "prometheus" / "alerts_test.yaml"
    promtool = cache() / "promtool" / "usr" / "bin" / "promtool"
    for words in (["check", "rules", rules], ["check", "config", rules.with_name("prometheus.yaml")], ["test", "rules", tests]):
        run = subprocess.run([promtool, *words], capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run.stdout + run.stderr
    runbook = (DOCUMENTS / "runbook.md").read_text()
    sections = {title.lower() for title in re.findall(r"^## (\w+)$", runbook, re.MULTILINE)}
    told = yaml.safe_load(tests.read_text())
    tried = {case["alertname"] for test in told["tests"] for case in test["alert_rule_test"] if case.get("exp_alerts")}
    for rule in yaml.safe_load(rules.read_text())["groups"][0]["rules"]:
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"
        assert rule["alert"].lower() in sections and rule["alert"] in tried


def test_the_debian_package_holds_a_program_that_takes_its_settings(tmp_path):
    environment = plain_environment() | {"PATH": os.environ["PATH"], "LIMPIDE_PACKAGE_COMPRESSION": "none"}
    made = subprocess.run(
        [HERE.parent / "scripts" / "package-debian", program(), tmp_path],
        capture_output=True, text=True, env=environment, timeout=300,
    )
    assert made.returncode == 0, made.stderr
    package, root = made.stdout.strip(), tmp_path / "root"
    subprocess.run(["dpkg-deb", "--extract", package, root], check=True)
    fields = subprocess.run(["dpkg-deb", "--field", package], check=True, capture_output=True, text=True).stdout
    assert re.search(r"^Depends: libc6 \(>= 2\.\d+\), libgcc-s1, git,", fields, re.MULTILINE), fields
    said = check_config(tmp_path, "--config", root / "etc/limpide/limpide.toml", by=root / "usr/bin/limpide")
    assert 'data = "/var/lib/limpide"' in said
    unit = (root / "lib/systemd/system/limpide.service").read_text()
    started = re.search(r"^ExecStart=/(\S+) serve --config /(\S+)$", unit, re.MULTILINE)
    assert all((root / path).exists() for path in started.groups())


def check_config(folder: Path, *words, settings=None, by: Path | None = None) -> str:
    """`limpide check-config`, which must find nothing wrong."""
    run = subprocess.run(
        [by or program(), "check-config", *words], capture_output=True, text=True, timeout=60, cwd=folder,
        env=plain_environment() | (settings or {}),
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def manifests(name: str) -> list[dict]:
    return list(yaml.safe_load_all((DEPLOY / name).read_text()))


def manifest(name: str) -> dict:
    (only,) = manifests(name)
    return only


def compose_settings() -> dict[str, str]:
    """Settings of a server, with what `.env` says filled in."""
    filled = {"POSTGRES_PASSWORD": "secret", "S3_PUBLIC_ENDPOINT": "http://localhost:7070"}
    settings = manifest("compose.yaml")["services"]["limpide-1"]["environment"]
    return {
        name: re.sub(r"\$\{(\w+)[^}]*\}", lambda found: filled.get(found[1], "x"), value)
        for name, value in settings.items()
    }


def kubernetes_container() -> dict:
    (container,) = manifest("kubernetes/deployment.yaml")["spec"]["template"]["spec"]["containers"]
    return container


def kubernetes_settings() -> dict[str, str]:
    settings = {entry["name"]: entry["value"] for entry in kubernetes_container()["env"]}
    return settings | manifest("kubernetes/secret.example.yaml")["stringData"]


def dockerfile_settings() -> dict[str, str]:
    return dict(re.findall(r"(LIMPIDE_\w+)=(\S+)", (DEPLOY / "Dockerfile").read_text()))


def queries() -> list[str]:
    """Every question that the dashboard and the alerts ask."""
    dashboard = json.loads((DEPLOY / "grafana" / "limpide.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return asked + [rule["expr"] for rule in manifest("prometheus/alerts.yaml")["groups"][0]["rules"]]


def seconds(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+) ?(s|min|m)", text).groups()
    return int(number) * (1 if unit == "s" else 60)


def get(hub, path: str) -> str:
    with urllib.request.urlopen(hub.url + path) as answer:
        return answer.read().decode()
