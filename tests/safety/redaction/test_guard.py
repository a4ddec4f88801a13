"""A secret that comes in after the first look is in no file: not in the store, not in a skill, not in what is said."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from t2s_local.analysts import mined
from t2s_local.cli.distill import distill_job
from t2s_local.ports.writer import NO_RISKS, PLAIN_WORDING, Evidence
from t2s_local.runs.plugins import Choice, open_tools
from t2s_local.safety.redaction.guard import HELD_BACK, SECOND_LOOK, Guard
from t2s_local.safety.redaction.redact import shipped_redactor
from t2s_local.values.cluster import ClusterId, Family
from t2s_local.values.lesson import Extraction, Parked, Quote, Refusal, Unit
from t2s_local.values.skill import RuleWords, Skill, SkillFile, Wording
from t2s_local.values.trajectory import TrajectoryId
from t2s_local.writers import template
from tests.build import lesson
from tests.jobs import job
from tests.safety.redaction.test_sanitise_whole import written

SECRET = "ghp_" + "q8ZrT5vLw2XnB7yKq8ZrT5vLw2XnB7yKab12"
CASE = "the deploy is refused"
MAIL = "odalys.brunner@corp-mail.net"


class Talkative:
    """The mined analyst, which also states a lesson with a secret about every unit."""

    name = "talkative"
    asks_model = False

    def __init__(self) -> None:
        self._mined = mined.load()
        self.version = self._mined.version
        self.plan = self._mined.plan
        self.weigh = self._mined.weigh
        self.forecast = self._mined.forecast
        self.advice = self._mined.advice

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        for unit, found in self._mined.analyse(units):
            step = unit.slices[0].steps[0]
            quote = Quote(
                trajectory_id=unit.slices[0].trajectory.id,
                step=unit.slices[0].start,
                role="request",
                text=step.text[:20],
            )
            told = lesson(CASE, f"Send `{SECRET}` along.", runs=(quote.trajectory_id,), evidence=(quote,))
            refusal = Refusal(reason="odd", detail=f"said {SECRET}")
            yield unit, msgspec.structs.replace(found, lessons=(*found.lessons, told), refused=(refusal,))


class Careless(template.TemplateWriter):
    """The template writer, which adds a secret to every file."""

    def write(
        self,
        family: Family,
        evidence: Evidence,
        *,
        taken: frozenset[str],
        min_support: int,
        wording: Wording = PLAIN_WORDING,
        risks: Mapping[ClusterId, str] = NO_RISKS,
    ) -> Skill:
        skill = super().write(family, evidence, taken=taken, min_support=min_support, wording=wording)
        files = tuple(
            SkillFile(path=file.path, text=f"{file.text}\nAsk {MAIL} for {SECRET}.\n") for file in skill.files
        )
        return msgspec.structs.replace(skill, files=files)


def test_a_secret_that_comes_in_later_is_in_no_file_and_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_tools(Choice(model="none", embedder="static", algorithm="auto")) as shipped:
        tools = msgspec.structs.replace(shipped, analyst=Talkative(), writer=Careless())
        assert distill_job(job(tmp_path), tools, as_json=True) == 0
    said = capsys.readouterr()
    everything = "\n".join([said.out, said.err, *written(tmp_path)])
    assert SECRET not in everything
    assert MAIL not in everything
    assert "Ask <EMAIL> for <SECRET>." in (next((tmp_path / "skills").rglob("SKILL.md"))).read_text("utf-8")
    result = json.loads(said.out)
    assert result["redactions"][SECOND_LOOK] > 0
    assert HELD_BACK in {loss["reason"] for loss in result["funnel"]["losses"]}


def guard() -> Guard:
    return Guard(shipped_redactor())


def test_the_demo_needs_no_second_look(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from t2s_local.cli import main

    with pytest.raises(SystemExit):
        main(["demo", "-o", str(tmp_path / "skills"), "--workspace", str(tmp_path / "ws"), "--json"])
    result = json.loads(capsys.readouterr().out)
    assert SECOND_LOOK not in result["redactions"]
    assert HELD_BACK not in {loss["reason"] for loss in result["funnel"]["losses"]}


def test_a_lesson_with_a_secret_is_refused_and_the_others_stay() -> None:
    fine = lesson(CASE, "Run `make all`.")
    found = Extraction(
        lessons=(fine, lesson(CASE, f"Use {SECRET}.")),
        parked=(
            Parked(trajectory_id=TrajectoryId("a"), start=0, stop=1, question="slice", reason=f"it said {SECRET}"),
        ),
    )
    seen = guard().extraction(found)
    assert seen.lessons == (fine,)
    assert seen.refused == (Refusal(reason=HELD_BACK, count=1),)
    assert seen.parked[0].reason == "it said <SECRET>"


def test_words_of_a_writer_lose_their_secrets() -> None:
    rule = RuleWords(section="step", when="always", do=f"Call {MAIL}. {SECRET}")
    seen = guard().wording(Wording(rules={"R1": rule}, name=SECRET, description=f"Needs {SECRET}"))
    assert seen.name is None
    assert seen.description == "Needs <SECRET>"
    assert seen.rules["R1"] == msgspec.structs.replace(rule, do="Call <EMAIL>. <SECRET>")


def test_what_is_stored_of_a_run_loses_secrets_and_keeps_paths() -> None:
    stored = {"inputs": [[f"/home/odalysb/{SECRET}.json", "ab"]], "n": 3}
    assert json.loads(guard().json(json.dumps(stored).encode())) == {
        "inputs": [["/home/odalysb/<SECRET>.json", "ab"]],
        "n": 3,
    }
    plain = b'{"inputs":[["/home/odalysb/a.json","ab"]]}'
    assert guard().json(plain) is plain


def test_a_secret_is_found_wherever_in_a_large_value_it_is() -> None:
    guard = Guard(shipped_redactor())
    plain = [f'line {number} said "so", "yes" and "no"' for number in range(60_000)]
    assert guard.value(plain) is plain
    for place in (0, 30_000, 59_999):
        told = [*plain[:place], f"token = {SECRET}", *plain[place:]]
        assert SECRET not in json.dumps(guard.value(told))
        assert len(guard.value(told)) == len(told)
