"""The rules of gitleaks: each finds what it is for, however it is written, and says what it leaves alone."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from t2s_local.safety.redaction.allowed import Allowed
from t2s_local.safety.redaction.redact import Redactor
from t2s_local.safety.redaction.rules import RedactionRule, gitleaks_rules
from t2s_local.safety.redaction.sanitise import sanitise
from t2s_local.safety.redaction.unfold import unfold
from tests.build import step, trajectory
from tests.leaked import DISGUISES, leaked
from tests.places import ROOT

RULES = ROOT / "t2s_local" / "safety" / "redaction"


def cleaned(text: str) -> str:
    return sanitise([trajectory(step("tool_result", text))]).trajectories[0].steps[0].text


def test_every_rule_has_an_example_and_none_comes_through() -> None:
    examples = leaked()
    assert [seed.rule for seed in examples] == [rule.id for rule in gitleaks_rules()]
    assert len(examples) >= 200
    assert [seed.rule for seed in examples if seed.secrets[0] in cleaned(seed.text)] == []


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_example_comes_through_in_disguise(disguise: str) -> None:
    hidden = map(DISGUISES[disguise], leaked())
    assert [seed.rule for seed in hidden if seed.secrets[0] in cleaned(seed.text)] == []


def test_what_two_rule_sets_find_is_one_placeholder_and_counts_once() -> None:
    key = "ghp_" + "q8ZrT5vLw2XnB7yKq8ZrT5vLw2XnB7yKab12"
    done = sanitise([trajectory(step("tool_result", f"see {key}, please"))])
    assert done.trajectories[0].steps[0].text == "see <SECRET_1>, please"
    assert done.redactions == {"github-token": 1}


def test_the_licence_lies_beside_the_rules_and_goes_into_the_wheel() -> None:
    head = (RULES / "gitleaks.toml").read_text("utf-8").split("\n\n")[0]
    assert "Zachary Rice" in head
    assert "MIT" in head
    licence = (RULES / "gitleaks.LICENSE").read_text("utf-8")
    assert licence.startswith("MIT License\n\nCopyright (c) 2019 Zachary Rice\n")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "t2s_local/safety/redaction/gitleaks.LICENSE" in project["license-files"]


_SOURCE = r"""
[allowlist]
regexes = ['''^\$\w+$''']
[[rules]]
id = "b-key"
regex = '''(?i)[\w.-]{0,50}?(?:bee)[ =]{1,3}(?P<x>hive)?(([a-z]{2}-){2}[0-9]{6})'''
secretGroup = 1
entropy = 2
keywords = ["Bee"]
[[rules.allowlists]]
regexTarget = "match"
regexes = ['''public_bee''']
[[rules.allowlists]]
condition = "AND"
paths = ['''\.md$''']
regexes = ['''.''']
[[rules.allowlists]]
stopwords = ["XX"]
[[rules]]
id = "a-file"
path = '''\.p12$'''
"""


def built(tmp_path: Path, name: str) -> str:
    (tmp_path / "source.toml").write_text(_SOURCE, "utf-8")
    script = str(ROOT / "scripts" / "build-rules")
    command = [sys.executable, script, str(tmp_path / "source.toml"), "-o", str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "1 rules, 1 left out that need the path of a file" in done.stdout
    return (tmp_path / name).read_text("utf-8")


def test_a_configuration_of_gitleaks_is_converted_the_same_way_every_time(tmp_path: Path) -> None:
    text = built(tmp_path, "a.toml")
    assert built(tmp_path, "b.toml") == text
    assert "Left out, because they need the path of a file: a-file." in text
    (rule,) = tomllib.loads(text)["rules"]
    assert rule == {
        "id": "b-key",
        "regex": r"(?i)(?:bee)[ =]{1,3}(?:hive)?((?:[a-z]{2}-){2}[0-9]{6})",
        "keywords": ["bee"],
        "entropy": 2.0,
        "group": 1,
        "allowed": {"matches": ["public_bee"], "words": ["xx"]},
    }


def redacts(rule: RedactionRule, text: str) -> bool:
    return bool(Redactor([rule]).find(text))


def test_what_a_rule_allows_stays() -> None:
    allowed = Allowed(values=("^ab",), matches=("public_key",), lines=("import ",), words=("stone",))
    rule = RedactionRule(id="r", label="SECRET", regex=r"key=(\w{6,20})", keywords=("key",), allowed=allowed)
    assert redacts(rule, "key=q8ZrT5vLw2")
    assert not redacts(rule, "key=abZrT5vLw2")
    assert not redacts(rule, "public_key=q8ZrT5vLw2")
    assert not redacts(rule, "x\nimport key=q8ZrT5vLw2\ny")
    assert redacts(rule, "import x\nkey=q8ZrT5vLw2")
    assert not redacts(rule, "key=q8keySTONE2")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"a \"b\" c", 'a "b" c'),
        (r"a \\\"b\\\" c", 'a "b" c'),
        (r"a\nb\tc", "a\nb\tc"),
        ("one\\\n    two", "onetwo"),
        ("'one' +\n  'two'", "'onetwo'"),
        (r"\"one\" +\n  \"two\"", '"onetwo"'),
        (r"one\\\n  two", "onetwo"),
        (r"\\\"one\\\"\\n\"two", '"one"two'),
    ],
)
def test_a_text_is_unfolded_and_every_stretch_leads_back(text: str, plain: str) -> None:
    unfolded = unfold(text)
    assert unfolded is not None
    assert unfolded.text == plain
    for word in plain.replace('"', " ").split():
        at = plain.index(word)
        start, end = unfolded.place(at, at + len(word))
        assert (text[start], text[end - 1]) == (word[0], word[-1])


def test_a_text_without_folds_is_not_unfolded() -> None:
    assert unfold("two\nlines and no more") is None
