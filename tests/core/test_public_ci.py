"""The workflow of public CI: well formed by GitHub's own schema, and about this project alone."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


def check(path):
    """What GitHub's schema for workflows, which comes with the checker, says of a file."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    return subprocess.run(
        [*command, "vendor.github-workflows", str(path)], capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def workflow():
    return yaml.safe_load(WORKFLOW.read_text("utf-8"))


def test_workflow_fits_the_schema():
    done = check(WORKFLOW)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_slip_does_not_fit_the_schema(tmp_path):
    broken = tmp_path / "ci.yml"
    broken.write_text(WORKFLOW.read_text("utf-8").replace("runs-on:", "run-on:"), "utf-8")
    assert check(broken).returncode != 0


def test_every_script_that_it_runs_is_here_and_may_be_executed(workflow):
    runs = [step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"]]
    scripts = [run for run in runs if run.startswith(".ci/")]
    assert ".ci/run" in scripts
    for script in scripts:
        assert (ROOT / script.split()[0]).stat().st_mode & 0o100, script


def test_changes_are_checked_at_once_and_versions_every_week(workflow):
    on = workflow[True]  # YAML 1.1 reads the word `on` so
    assert {"push", "pull_request", "schedule"} <= set(on)
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", on["schedule"][0]["cron"])
    ways = {name: job["if"] for name, job in workflow["jobs"].items()}
    assert ways["check"] == "github.event_name != 'schedule'"
    assert "schedule" in ways["versions"]


def test_python_is_one_that_the_project_takes(workflow):
    for job in workflow["jobs"].values():
        (python,) = (
            step["with"] for step in job["steps"] if "setup-python" in step.get("uses", "")
        )
        assert python["python-version"] == "3.11"
        assert python["cache"] == "pip"
