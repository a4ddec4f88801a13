"""The eight items of what surrounds a skill, in their four layers."""

import msgspec

from t2s_local.skills.source import SkillSource
from t2s_local.stages.check.audit.audit import audit
from t2s_local.stages.check.audit.case import AuditCase, HarnessFacts
from t2s_local.stages.check.audit.harness import LAYERS, layers
from tests.audited import skill, source_of_files

KNOWN = HarnessFacts(digest="a" * 64, noted="a" * 64, n_events=1)
EVIDENCE = {"references/evidence.md": "# Evidence\n\n## R1. A push fails\n\n- Support: 1 trajectories, 1 task\n"}


def surrounded(*, front: str = "", body: str = "") -> SkillSource:
    text = skill(after=body).texts["SKILL.md"].replace("\n---\n", f"\n{front}---\n", 1)
    return source_of_files({"SKILL.md": text, **EVIDENCE})


WHOLE = 'metadata:\n  author: "somebody"\nallowed-tools: "Read"\n'


def missing(source: SkillSource, known: HarnessFacts = KNOWN) -> list[str]:
    found = layers(audit(AuditCase(source=source, harness=known)))
    assert [layer.name for layer in found] == list(LAYERS)
    return [item for layer in found for item in layer.missing]


def test_a_skill_with_everything_passes_eight_of_eight() -> None:
    assert missing(surrounded(front=WHOLE)) == []


def test_without_provenance_and_allowed_tools_exactly_these_fail() -> None:
    assert missing(surrounded()) == ["provenance", "allowed_tools"]


def test_an_empty_log_leaves_the_fourth_layer_uncovered() -> None:
    known = msgspec.structs.replace(KNOWN, n_events=0)
    found = layers(audit(AuditCase(source=surrounded(front=WHOLE), harness=known)))
    assert [layer.is_covered for layer in found] == [True, True, True, False]


def test_a_skill_that_is_not_as_noted_is_named_with_both_digests() -> None:
    changed = msgspec.structs.replace(KNOWN, digest="b" * 64)
    found = {one.rule: one for one in audit(AuditCase(source=surrounded(front=WHOLE), harness=changed))}
    finding = found["harness-digest"]
    assert "aaaaaaaaaaaa is noted, bbbbbbbbbbbb lies here" in finding.message
    assert missing(surrounded(front=WHOLE), msgspec.structs.replace(KNOWN, noted=None)) == ["digest"]


def test_a_consequential_action_is_to_be_said() -> None:
    pushes = "Run `git push --force origin main` at the end."
    assert missing(surrounded(front=WHOLE, body=pushes)) == ["side_effects"]
    assert missing(surrounded(front=WHOLE, body=f"{pushes} Side effect: the branch is overwritten.")) == []


def test_without_the_option_nothing_is_said() -> None:
    assert audit(AuditCase(source=skill())) == ()
