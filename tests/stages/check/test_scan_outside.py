"""Another scanner's word on the skills we write."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.commands import in_own_process
from tests.places import ROOT

OURS = ROOT / ".venv" / "outside" / "bin" / "skill-scanner"
SCANNER = str(OURS) if OURS.exists() else shutil.which("skill-scanner")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        SCANNER is None, reason="no scanner; scripts/scan-outside installs one, which takes the network"
    ),
]


def severities(skills: Path, report: Path) -> set[str]:
    """Of everything the scanner finds in a folder of skills, all of which it has to look at."""
    command = [str(SCANNER), "scan-all", str(skills), "--recursive", "--format", "json"]
    subprocess.run([*command, "--output-json", str(report)], check=True, capture_output=True)
    results = json.loads(report.read_text("utf-8"))["results"]
    assert len(results) == len(list(skills.glob("*/SKILL.md"))) > 0
    return {finding["severity"] for result in results for finding in result["findings"]}


def t2s(folder: Path, *arguments: str) -> None:
    ran = in_own_process(*arguments, "-q", "-o", folder / "skills", "--workspace", folder / "ws")
    assert ran.code == 0, ran.err


def test_the_skills_of_the_demo_have_nothing_grave_for_another_scanner(tmp_path: Path) -> None:
    t2s(tmp_path, "demo")
    assert not severities(tmp_path / "skills", tmp_path / "report.json") & {"HIGH", "CRITICAL"}


def test_the_skills_of_real_runs_have_nothing_grave_for_another_scanner(tmp_path: Path, shared_data: Path) -> None:
    t2s(tmp_path, "distill", str(shared_data), "--model", "none")
    assert not severities(tmp_path / "skills", tmp_path / "report.json") & {"HIGH", "CRITICAL"}
