"""The files to deploy with: they can be read, and name what is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import kubernetes_validate  # type: ignore[import-untyped]  # it has no types
import pytest
import yaml

from bots.serve import GRACE_SECONDS, Role
from bots.settings import Settings, names

DEPLOY = Path(__file__).parents[1] / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
KUBERNETES_VERSION = "1.37"
LONGEST_ANSWER_SECONDS = 30
"""A page under way is waited for when the program stops."""
Json = dict[str, Any]


def documents(file: Path) -> list[Json]:
    return [one for one in yaml.safe_load_all(file.read_text(encoding="utf-8")) if one]


MANIFESTS = [one for file in sorted(KUBERNETES.glob("*.yaml")) for one in documents(file)]
DEPLOYMENTS = {one["metadata"]["name"]: one["spec"] for one in MANIFESTS if one["kind"] == "Deployment"}
COMPOSE = {file.name: documents(file)[0]["services"] for file in sorted(DEPLOY.glob("compose*.yaml"))}


def _named(manifest: Json) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"


def pod(name: str) -> Json:
    template: Json = DEPLOYMENTS[name]["template"]["spec"]
    return template


def role(command: list[str]) -> str:
    return command[command.index("--role") + 1]


@pytest.mark.parametrize("file", sorted(DEPLOY.rglob("*")), ids=lambda file: file.name)
def test_every_setting_that_is_named_is_one(file: Path) -> None:
    if file.is_dir():
        return
    named = set(re.findall(r"PAPERBOY_[A-Z_]*[A-Z]", file.read_text(encoding="utf-8")))
    assert named - set(names()) == set()


@pytest.mark.parametrize("name", COMPOSE)
def test_compose_files_follow_the_compose_specification(name: str) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(DEPLOY / name)]
    found = subprocess.run(check, capture_output=True, text=True, check=False)  # noqa: S603  # our own files
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("manifest", [one for one in MANIFESTS if "metadata" in one], ids=_named)
def test_manifests_follow_the_schemas_of_kubernetes_and_name_nothing_that_it_does_not_know(manifest: Json) -> None:
    kubernetes_validate.validate(manifest, KUBERNETES_VERSION, strict=True)


@pytest.mark.parametrize(("name", "service"), [("compose.yaml", "paperboy"), ("compose.scale.yaml", "planner")])
def test_compose_reads_the_repository_that_is_set_and_else_the_folder(name: str, service: str) -> None:
    started = COMPOSE[name][service]
    assert started["environment"]["PAPERBOY_ISSUES"] == "${PAPERBOY_ISSUES:-/issues}"
    assert any(volume.endswith(":/issues:ro") for volume in started["volumes"])


def test_every_role_runs_on_both_and_no_other() -> None:
    on_compose = {role(one["command"]) for one in COMPOSE["compose.scale.yaml"].values() if "command" in one}
    on_kubernetes = {role(pod(name)["containers"][0]["args"]) for name in DEPLOYMENTS}
    assert on_compose == on_kubernetes == set(get_args(Role)) - {"all"}


def test_there_is_one_listener_for_each_bot_and_never_two_at_a_time() -> None:
    for name in ("telegram", "discord", "slack"):
        assert (DEPLOYMENTS[name]["replicas"], DEPLOYMENTS[name]["strategy"]) == (1, {"type": "Recreate"})
        tokens = COMPOSE["compose.scale.yaml"][name]["environment"]
        others = {other for other in ("TELEGRAM", "DISCORD", "SLACK") if other != name.upper()}
        assert {one.split("_")[1] for one, value in tokens.items() if one.endswith("TOKEN") and not value} == others


@pytest.mark.parametrize("name", ["telegram", "discord", "slack"])
def test_a_listener_serves_one_platform_whatever_is_set_for_all(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = ("TELEGRAM__TOKEN", "DISCORD__TOKEN", "SLACK__BOT_TOKEN", "SLACK__CLIENT_SECRET", "SLACK__TOKEN_KEY")
    for one in (*tokens, "SLACK__CLIENT_ID"):
        monkeypatch.setenv(f"PAPERBOY_{one}", "1:set")
    for variable, value in COMPOSE["compose.scale.yaml"][name]["environment"].items():
        if variable.removeprefix("PAPERBOY_").startswith(("TELEGRAM", "DISCORD", "SLACK")):
            monkeypatch.setenv(variable, value)
    settings = Settings()
    served = {"telegram": settings.telegram.token, "discord": settings.discord.token, "slack": settings.slack.is_served}
    assert [platform for platform, is_served in served.items() if is_served] == [name]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_pod_is_probed_limited_and_has_time_to_finish(name: str) -> None:
    container = pod(name)["containers"][0]
    ports = {port["name"] for port in container["ports"]}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["path"] in {"/healthz", "/readyz"}
        assert container[probe]["httpGet"]["port"] in ports
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert "memory" in container["resources"]["limits"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert pod(name)["securityContext"]["runAsNonRoot"]
    assert pod(name)["terminationGracePeriodSeconds"] >= LONGEST_ANSWER_SECONDS + GRACE_SECONDS
    mounts = {mount["name"] for mount in container["volumeMounts"]}
    assert mounts == {volume["name"] for volume in pod(name)["volumes"]}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_every_config_and_secret_that_is_read_is_there(name: str) -> None:
    there = {(one["kind"], one["metadata"]["name"]) for one in MANIFESTS if "metadata" in one}
    kinds = {"configMapRef": "ConfigMap", "secretRef": "Secret"}
    read = {(kinds[how], ref["name"]) for each in pod(name)["containers"][0]["envFrom"] for how, ref in each.items()}
    assert read <= there


def test_couriers_start_without_the_secrets_of_platforms_that_are_not_used() -> None:
    secrets = [one["secretRef"] for one in pod("courier")["containers"][0]["envFrom"] if "secretRef" in one]
    assert {one["name"] for one in secrets if not one.get("optional")} == {"paperboy"}


def test_labels_hold_together() -> None:
    for name, spec in DEPLOYMENTS.items():
        assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items(), name
    chosen = [one["spec"]["selector"] for one in MANIFESTS if one["kind"] in {"Service", "PodDisruptionBudget"}]
    apps = {one.get("matchLabels", one)["app"] for one in chosen}
    assert apps <= {*DEPLOYMENTS, "database"}
    assert "courier" in apps


def test_couriers_keep_one_at_work_and_give_way_one_by_one() -> None:
    budget = next(one["spec"] for one in MANIFESTS if one["kind"] == "PodDisruptionBudget")
    assert budget["minAvailable"] == 1 < DEPLOYMENTS["courier"]["replicas"]
    assert DEPLOYMENTS["courier"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_kustomize_names_files_that_are_there() -> None:
    resources = documents(KUBERNETES / "kustomization.yaml")[0]["resources"]
    files = {file.name.replace(".example", "") for file in KUBERNETES.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(resources) == files


def test_no_secret_stands_in_the_files() -> None:
    secrets = [one["stringData"] for one in MANIFESTS if one["kind"] == "Secret"]
    assert all("CHANGE-ME" in value for data in secrets for value in data.values())


def test_the_image_is_built_from_what_it_takes_and_nothing_else() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    ignored = (DEPLOY.parent / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == set(" ".join(copied).split())


def test_the_service_of_the_system_has_time_to_finish() -> None:
    unit = (DEPLOY / "paperboy.service").read_text(encoding="utf-8")
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert int(seconds) >= LONGEST_ANSWER_SECONDS + GRACE_SECONDS


@pytest.mark.parametrize("name", COMPOSE)
def test_compose_depends_on_what_is_there_and_gives_time_to_finish(name: str) -> None:
    services = COMPOSE[name]
    volumes = documents(DEPLOY / name)[0]["volumes"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= services.keys()
        mounted = [str(volume).partition(":")[0] for volume in service.get("volumes", ())]
        assert [volume for volume in mounted if volume.isalpha() and volume not in volumes] == []
        if "build" in service:
            assert int(service["stop_grace_period"].rstrip("s")) >= LONGEST_ANSWER_SECONDS + GRACE_SECONDS
