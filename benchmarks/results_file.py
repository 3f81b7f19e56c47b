"""Puts what was printed into `RESULTS.md`, between the marks of its section."""

import os
import platform
from pathlib import Path

REPORT = Path(__file__).parent / "RESULTS.md"


def write_section(name: str, text: str, report: Path = REPORT) -> None:
    """Replaces the section `name` of the report; one that is not there yet goes to the end.

    Args:
        name: what stands in the marks, `<!-- name -->` and `<!-- end of name -->`.
        text: Markdown, without the marks.
    """
    report.write_text(renewed(report.read_text(encoding="utf-8"), name, text), encoding="utf-8")


def renewed(report: str, name: str, text: str) -> str:
    """The report with another text between the marks of one of its sections."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
    if begin not in report or end not in report:
        return f"{report.rstrip()}\n\n{begin}{text.rstrip()}\n{end}"
    before, _, rest = report.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}{text.rstrip()}\n{end}{after}"


def machine() -> str:
    """The machine, for a reader elsewhere."""
    return f"{os.cpu_count()}-core {platform.machine()} CPU ({processor()})"


def processor() -> str:
    """The processor's name as Linux knows it, else as Python does."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
