"""The eleven checks against overfitting: a clean skill passes them all, and each planted fault fires its exact set."""

from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.audit.audit import audit, book
from t2s_local.stages.check.audit.case import AuditCase
from t2s_local.stages.check.audit.recorded.facts import RecordedFacts
from t2s_local.values.trajectory import Trajectory
from tests.audited import DESCRIPTION, STEPS, case, rules, runs, skill
from tests.places import ROOT

SCRIPT = "scripts/add_up.py"
CALLED = "Run `scripts/add_up.py` for the rest."


def lines(count: int) -> dict[str, str]:
    return {SCRIPT: "print(1)\n" * count}


BRANCHES = "\n\n".join(
    f'If the request mentions "{word}", take the list of {word}.' for word in ("north", "east", "west")
)
CONSTRAINTS = "You must keep the order. Results must never be written in place. Only one process may run."
MUTANTS: dict[str, tuple[SkillSource, tuple[Trajectory, ...], set[str]]] = {
    "a customer in the description": (skill(description=f"{DESCRIPTION} Made for Marburg Dental."), runs(), {"1", "6"}),
    "a training file in a step": (skill(steps=(*STEPS, "Open `q3_marburg.xlsx` first.")), runs(), {"2", "6"}),
    "a script of 201 lines": (
        skill(steps=(*STEPS, CALLED), files=lines(201)),
        runs(ran=f"python {SCRIPT}"),
        {"2b"},
    ),
    "a script of 401 lines": (
        skill(steps=(*STEPS, CALLED), files=lines(401)),
        runs(ran=f"python {SCRIPT}"),
        {"2b"},
    ),
    "never without a source": (skill(after="Never use tabs in names of results."), runs(), {"3"}),
    "a fixed column without a probe": (skill(steps=("Add up column F.", *STEPS[1:])), runs(), {"4"}),
    "a training field in it": (
        skill(steps=("Add up `net_turnover` in column F.", *STEPS[1:])),
        runs(),
        {"2", "4", "6"},
    ),
    "three branches on key words": (skill(after=BRANCHES), runs(), {"4"}),
    "a mechanical task without a script": (
        skill(steps=(*STEPS, "Repeat steps 1 to 3 by hand for every other file.")),
        runs(),
        {"5"},
    ),
    "a threshold": (skill(steps=(*STEPS, "Leave out what is above a threshold of 2.5.")), runs(), {"7"}),
    "constraints first": (skill(before=CONSTRAINTS), runs(said=CONSTRAINTS), {"8"}),
    "a declared script that nobody called": (skill(steps=(*STEPS, CALLED), files=lines(3)), runs(), {"9"}),
    "a must that no run carried out": (
        skill(steps=(*STEPS, "Always run `make lint` first.")),
        runs(said="always run make lint first"),
        {"10"},
    ),
}


def fired(source: SkillSource, recorded: tuple[Trajectory, ...]) -> set[str]:
    return {rule.removeprefix("overfit-") for rule in rules(source, recorded)}


def test_a_clean_skill_passes_every_check() -> None:
    assert audit(case(skill())) == ()


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_fault_fires_its_exact_set(name: str) -> None:
    source, recorded, expected = MUTANTS[name]
    assert fired(source, recorded) == expected


@pytest.mark.parametrize("name", MUTANTS)
def test_a_finding_has_a_file_and_a_reason(name: str) -> None:
    source, recorded, _ = MUTANTS[name]
    for finding in audit(case(source, recorded)):
        assert finding.path in source.raw
        assert finding.message
        assert finding.line is None or 1 <= finding.line <= source.texts[finding.path].count("\n") + 1


def test_the_starred_checks_are_errors_and_the_others_warnings() -> None:
    severities = {rule.id.removeprefix("overfit-"): rule.severity for rule in book() if rule.id.startswith("overfit-")}
    starred = {rule for rule, severity in severities.items() if severity == "error"}
    assert starred == {"1", "2", "4", "6", "7", "8", "9"}
    assert set(severities) - starred == {"2b", "3", "5", "10"}


def test_a_value_of_three_characters_never_fires_check_6() -> None:
    asked = runs(said="use 'Q3X' for it, and the file k.md")
    source = skill(steps=(*STEPS, "Write it to k.md."))
    assert fired(source, asked) == {"2", "6"}
    short = runs(said="the file is k.c")
    assert fired(skill(steps=(*STEPS, "Write it to k.c.")), short) == {"2"}


def test_a_constant_with_a_word_on_how_it_is_found_is_no_finding() -> None:
    line = "Leave out what is above a threshold of 2.5, re-derived from the spread of each file."
    assert fired(skill(steps=(*STEPS, line)), runs()) == set()


def test_a_literal_that_held_out_runs_bear_too_belongs_to_the_work() -> None:
    source = skill(steps=(*STEPS, "Open `q3_marburg.xlsx` first."))
    other = msgspec.structs.replace(runs()[0], task_id="elsewhere")
    facts = RecordedFacts(runs=runs(), heldout=(other,))
    assert audit(AuditCase(source=source, facts=facts)) == ()


def test_a_file_of_a_project_that_the_skill_names_is_no_literal() -> None:
    recorded = tuple(msgspec.structs.replace(run, project="acme/books") for run in runs())
    line = "Open `q3_marburg.xlsx` first."
    assert fired(skill(steps=(*STEPS, line)), recorded) == {"2", "6"}
    assert fired(skill(steps=(*STEPS, f"In the project books: {line}")), recorded) == set()


def test_a_command_shown_as_a_run_had_it_is_a_warning_and_no_error() -> None:
    source = skill(steps=(*STEPS, "Do (1 run): run `python add_rows.py q3_marburg.xlsx`."))
    assert {(finding.rule, finding.severity) for finding in audit(case(source))} == {("recorded-literal", "warning")}


def test_what_an_example_or_a_quotation_holds_is_no_statement() -> None:
    example = "## Example\n\nOne run, for Marburg Dental:\n\n```text\npython add_rows.py q3_marburg.xlsx\n```"
    assert fired(skill(after=example), runs()) == set()
    assert fired(skill(after="A user said “sum q3_marburg.xlsx for Marburg Dental”."), runs()) == set()


def test_without_runs_only_what_the_text_alone_shows_is_found() -> None:
    for name, (source, _, expected) in MUTANTS.items():
        alone = {finding.rule.removeprefix("overfit-") for finding in audit(AuditCase(source=source))}
        assert alone == expected & {"2b", "4", "5", "7", "8"}, name


@pytest.mark.parametrize("module", ["mutants", "apart"])
def test_of_twenty_mutants_a_check_nine_in_ten_are_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    made = list(getattr(import_module(f"_mutants.{module}"), module)())
    found: dict[str, list[bool]] = {}
    known: dict[str, RecordedFacts] = {}
    for mutant in made:
        text = msgspec.json.encode(mutant.runs).decode()
        facts = known.setdefault(text, read_facts(mutant.runs, tmp_path / f"{len(known)}.jsonl"))
        raw = {path: file.encode() for path, file in sorted(mutant.files.items())}
        source = SkillSource(name=mutant.subject, raw=raw, sizes={path: len(data) for path, data in raw.items()})
        fires = {finding.rule.removeprefix("overfit-") for finding in audit(AuditCase(source=source, facts=facts))}
        found.setdefault(mutant.check, []).append(mutant.expected <= fires)
    assert {check for check, hits in found.items() if check != "clean" and len(hits) < 20} == set()
    assert {check: sum(hits) / len(hits) for check, hits in found.items() if sum(hits) < 0.9 * len(hits)} == {}


def read_facts(recorded: list[dict[str, object]], path: Path) -> RecordedFacts:
    from t2s_local.stages.intake.read_all import read

    path.write_bytes(b"".join(msgspec.json.encode(run) + b"\n" for run in recorded))
    return RecordedFacts(runs=read([path]).trajectories)


NAMES = ("Quill & Birch", "Tessellate GmbH", "Northpier", "Dr. Ikeda")


@pytest.mark.parametrize("name", NAMES)
def test_a_customer_of_one_word_or_with_a_title_is_a_name(name: str) -> None:
    recorded = runs(said=f"This one is for {name}, please.")
    assert fired(skill(description=f"{DESCRIPTION} Made for {name}."), recorded) == {"1", "6"}


def test_a_name_that_is_written_small_somewhere_is_a_tool() -> None:
    recorded = runs(said="This one is about Pandas, please.", ran="python -m pandas")
    assert fired(skill(description=f"{DESCRIPTION} Made for Pandas."), recorded) == set()


@pytest.mark.parametrize(
    "line",
    [
        "Set `margin: 0` on the text box, and fade it from alpha 0 to alpha 1.",
        "Use `font-weight: 700` for titles.",
        "Pass `agents.create` in the request, `files.list` in the request and `runs.get` in the request.",
        "Take the header from the data: `pandas.DataFrame(table[1:], columns=table[0])`.",
        "Users may test it manually if they like.",
    ],
)
def test_what_people_write_in_good_skills_is_no_finding(line: str) -> None:
    assert fired(skill(steps=(*STEPS, line)), runs()) == set()


def test_a_schema_is_no_script_and_a_test_of_a_tag_no_branch_on_the_request() -> None:
    tags = "\n".join(f'if "{tag}" in element:\n    pass' for tag in ("table", "row", "cell"))
    files = {"scripts/schema.xsd": "<x/>\n" * 900, SCRIPT: tags}
    called = skill(steps=(*STEPS, CALLED), files=files)
    assert fired(called, runs(ran=f"python {SCRIPT}")) == set()
    asked = {SCRIPT: tags.replace("element", "request")}
    assert fired(skill(steps=(*STEPS, CALLED), files=asked), runs(ran=f"python {SCRIPT}")) == {"4"}
