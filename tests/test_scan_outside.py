"""Another scanner's word on the skills we write."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCANNER = Path(__file__).parents[1] / ".venv" / "outside" / "bin" / "skill-scanner"


@pytest.mark.slow
@pytest.mark.skipif(not SCANNER.exists(), reason="no scanner; scripts/scan-outside installs one")
def test_the_skills_of_the_demo_have_nothing_grave_for_another_scanner(tmp_path: Path) -> None:
    demo = [sys.executable, "-m", "t2s_local", "demo", "-q", "-o", str(tmp_path / "skills")]
    subprocess.run([*demo, "--workspace", str(tmp_path / "ws")], check=True, capture_output=True)
    report = tmp_path / "report.json"
    command = [str(SCANNER), "scan-all", str(tmp_path / "skills"), "--recursive", "--format", "json"]
    subprocess.run([*command, "--output-json", str(report)], check=True, capture_output=True)
    results = json.loads(report.read_text("utf-8"))["results"]
    severities = {finding["severity"] for result in results for finding in result["findings"]}
    assert len(results) == len(list((tmp_path / "skills").glob("*/SKILL.md")))
    assert not severities & {"HIGH", "CRITICAL"}
