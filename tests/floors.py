"""Runs quick tests on the lowest versions that requirements.txt allows: `python -m tests.floors`.

A fresh environment gets, of each package that is named there, the lowest version that goes with
the others. A floor that cannot be reached because another package wants more is a fault: nobody
can have tried it. Words after the command are given to pytest instead of the tests named here.
"""

import shutil
import subprocess
import sys
import tempfile
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
    *("core/test_packaging.py", "app/test_cold_start.py", "app/test_pages.py"),
    "e2e/test_lab_journeys.py",  # a server and its first view, the digits of the map
)


def floors() -> dict[str, Version]:
    """The lowest version of each package in requirements.txt."""
    lines = [
        line.partition("#")[0] for line in (ROOT / "requirements.txt").read_text().splitlines()
    ]
    found = {}
    for wanted in (Requirement(line) for line in lines if line.strip()):
        (lowest,) = (part.version for part in wanted.specifier if part.operator == ">=")
        found[wanted.name] = Version(lowest)
    return found


def unreached(folder: Path) -> list[str]:
    """What to say of each floor below what is installed in an environment."""
    (site,) = folder.glob("lib/python*/site-packages")
    installed = {
        canonicalize_name(found.name): found.version for found in distributions(path=[str(site)])
    }
    return [
        f"{name}>={lowest} cannot be reached: the others want {installed[name]}"
        for name, lowest in floors().items()
        if Version(installed[name]) != lowest
    ]


def install(folder: Path) -> None:
    """Makes an environment of the lowest versions."""
    uv = shutil.which("uv")
    if uv is None:
        subprocess.run([sys.executable, "-m", "venv", folder / "uv"], check=True)
        subprocess.run([folder / "uv/bin/pip", "install", "--quiet", "uv"], check=True)
        uv = str(folder / "uv/bin/uv")
    subprocess.run(
        [uv, "venv", "--quiet", "--seed", "--python", sys.executable, folder / "lowest"], check=True
    )
    python = folder / "lowest/bin/python"
    lowest = [uv, "pip", "install", "--quiet", "--python", python, "--resolution", "lowest-direct"]
    subprocess.run([*lowest, "-r", ROOT / "requirements-dev.txt"], check=True)


def main(arguments: list[str]) -> int:
    """Returns the exit code of pytest, or 1 where a floor cannot be reached."""
    with tempfile.TemporaryDirectory(prefix="floors-") as name:
        folder = Path(name)
        install(folder)
        for lowest in floors().items():
            print("{}=={}".format(*lowest))
        if complaints := unreached(folder / "lowest"):
            print(*complaints, sep="\n")
            return 1
        tests = arguments or [str(ROOT / "tests" / test) for test in QUICK]
        pytest = [folder / "lowest/bin/python", "-m", "pytest", "-p", "no:cacheprovider"]
        return subprocess.run([*pytest, *tests], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
