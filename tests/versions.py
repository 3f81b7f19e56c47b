"""Runs quick tests on the lowest and on the newest versions that requirements.txt allows.

    .ci/versions                     # both, and what differs: meant to be run weekly
    .ci/versions lowest              # one of the two
    .ci/versions newest -- -k export tests/core/test_export.py    # other words for pytest

Each edition gets a fresh environment: of each package that is named there the lowest version that
goes with the others, or the newest. A floor that cannot be reached because another package wants
more is a fault: nobody can have tried it. Needs uv, which `.ci/versions` brings.
"""

import argparse
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]

QUICK = (
    *("core/test_cli.py", "core/test_experiment.py", "core/test_datasets.py", "core/test_store.py"),
    *("core/test_variants.py", "core/test_figures.py", "core/test_export.py"),
    *("core/test_pictures.py", "core/test_anomaly.py", "core/test_denoising.py"),
    *("core/test_private_torch.py", "core/test_by_hand.py", "core/test_one_plane.py"),
    *("app/test_private_streamlit.py", "core/test_private_names.py"),
    *("core/test_packaging.py", "app/test_cold_start.py", "app/test_pages.py"),
    "core/test_cluster.py",  # Dask: workers of our own, and somebody else's
    "e2e/test_lab_journeys.py",  # a server and its first view, the digits of the map
)

EDITIONS = {"lowest": ("--resolution", "lowest-direct"), "newest": ("--resolution", "highest")}
"""What uv is told for each."""


@dataclass(frozen=True)
class Outcome:
    """What one edition came to."""

    versions: Mapping[str, str]
    tests: Mapping[str, str] = field(default_factory=dict)
    """passed, failed, error or skipped."""
    complaints: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        found = set(self.tests.values())
        return "passed" in found and not found & {"failed", "error"} and not self.complaints


def floors(text: str) -> dict[str, Version]:
    """The lowest version of each package that a file of requirements names."""
    lines = [line.partition("#")[0] for line in text.splitlines()]
    found = {}
    for wanted in (Requirement(line) for line in lines if line.strip()):
        (lowest,) = (part.version for part in wanted.specifier if part.operator == ">=")
        found[canonicalize_name(wanted.name)] = Version(lowest)
    return found


def unreached(lowest: Mapping[str, Version], installed: Mapping[str, str]) -> tuple[str, ...]:
    """What to say of each floor below what is installed."""
    return tuple(
        f"{name}>={floor} cannot be reached: the others want {installed[name]}"
        for name, floor in lowest.items()
        if Version(installed[name]) != floor
    )


def outcomes(report: str) -> dict[str, str]:
    """What became of each test, from what pytest writes with --junit-xml."""
    found = {}
    for case in ET.fromstring(report).iter("testcase"):
        kinds = {child.tag for child in case} & {"failure", "error", "skipped"}
        name = f"{case.get('classname')}::{case.get('name')}"
        found[name] = {"failure": "failed"}.get(kind := min(kinds, default="passed"), kind)
    return found


def said(editions: Mapping[str, Outcome]) -> list[str]:
    """A line for each edition, then what differs between them: packages, and tests."""
    lines = []
    for name, edition in editions.items():
        counts = Counter(edition.tests.values())
        numbers = ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items())) or "no test ran"
        lines += [f"{name}: {numbers}", *(f"  {line}" for line in edition.complaints)]
    if len(editions) > 1:
        for what, tables in (
            ("versions", [edition.versions for edition in editions.values()]),
            ("tests", [edition.tests for edition in editions.values()]),
        ):
            rows = _differing(tables)
            lines += ["", f"{what} that differ ({' | '.join(editions)}): {len(rows)}", *rows]
    for name, edition in editions.items():
        failed = sorted(t for t, kind in edition.tests.items() if kind in ("failed", "error"))
        lines += ["", f"failed on the {name} versions:", *failed] if failed else []
    return lines


def _differing(tables: list[Mapping[str, str]]) -> list[str]:
    names = sorted(set().union(*tables))
    rows = {name: [table.get(name, "-") for table in tables] for name in names}
    return [f"  {name}  {' | '.join(row)}" for name, row in rows.items() if len(set(row)) > 1]


def install(folder: Path, edition: str) -> dict[str, str]:
    """Makes an environment of an edition. Returns the version of each package in it."""
    make = ["uv", "venv", "--quiet", "--seed", "--python", sys.executable, folder]
    subprocess.run(make, check=True)
    fill = ["uv", "pip", "install", "--quiet", "--python", folder / "bin/python"]
    wanted = ["-r", ROOT / "requirements-dev.txt"]
    subprocess.run([*fill, *EDITIONS[edition], *wanted], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    found = distributions(path=[str(site)])
    return {canonicalize_name(package.name): package.version for package in found}


def run(folder: Path, edition: str, words: list[str]) -> Outcome:
    """Installs an edition and runs the tests on it."""
    versions = install(folder, edition)
    lowest = floors((ROOT / "requirements.txt").read_text())
    print(f"== {edition}:", *(f"{name}=={versions[name]}" for name in lowest), flush=True)
    complaints = unreached(lowest, versions) if edition == "lowest" else ()
    if complaints:
        return Outcome(versions, complaints=complaints)
    report = folder / "report.xml"
    pytest = [folder / "bin/python", "-m", "pytest", "-p", "no:cacheprovider"]
    subprocess.run([*pytest, f"--junit-xml={report}", *words], cwd=ROOT)
    return Outcome(versions, outcomes(report.read_text()) if report.exists() else {})


def main() -> int:
    """Returns 0 where every edition that was asked for is good, or else 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("editions", nargs="*", metavar="EDITION", help="; ".join(EDITIONS))
    ours, words = _parted(sys.argv[1:])
    editions = parser.parse_args(ours).editions or list(EDITIONS)
    if unknown := set(editions) - set(EDITIONS):
        parser.error(f"no such edition: {', '.join(unknown)}")
    words = words or [str(ROOT / "tests" / test) for test in QUICK]
    found = {}
    for edition in editions:  # one after the other, as an environment takes some gigabytes
        with tempfile.TemporaryDirectory(prefix=f"versions-{edition}-") as folder:
            found[edition] = run(Path(folder) / "env", edition, words)
    print("", *said(found), sep="\n")
    return 0 if all(edition.is_good for edition in found.values()) else 1


def _parted(words: list[str]) -> tuple[list[str], list[str]]:
    """What is for us, and after -- what is for pytest."""
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at + 1 :]


if __name__ == "__main__":
    sys.exit(main())
