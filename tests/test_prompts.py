"""Prompts are built from versioned templates, and from the guide for authors."""

import shutil
from pathlib import Path

import msgspec
import pytest

from t2s_local.prompts import fill, guide, prompt_digest, template
from t2s_local.skills.source import read_source
from t2s_local.stages.check.audit.features import FEATURES, features
from tests.commands import in_process
from tests.places import ROOT, SAMPLES

GUIDE = ROOT / "t2s_local" / "templates" / "authoring.v1"
BUILT = {
    "failure_wording.v1.md": "c12b01e665277f7a",
    "step_wording.v1.md": "b2374835979a28af",
    "wish_wording.v1.md": "c384b3babb7e260c",
    "rule_wording.v1.md": "baac909ee3b74371",
}
"""Prompts with sentences of the guide, and the digests under which answers to them are stored."""


def test_prompts_take_their_sentences_from_the_guide_and_keep_their_digests() -> None:
    assert {name: prompt_digest(name) for name in BUILT} == BUILT
    for name in BUILT:
        assert any(sentence in template(name) for sentence in guide("authoring.v1").values())
        assert "{{" not in template(name)
    used = "".join(template(name) for name in BUILT)
    assert [label for label, sentence in guide("authoring.v1").items() if sentence not in used] == []


def test_a_value_that_is_missing_or_not_asked_for_is_refused() -> None:
    with pytest.raises(ValueError, match="wants"):
        fill("rule_wording.v1.md", more="x")


def test_the_guide_has_the_three_features_it_asks_for() -> None:
    found = features(read_source(GUIDE))
    assert [one.name for one in found if one.span is not None] == list(FEATURES)


def test_deepen_improves_a_copy_of_the_guide_and_loses_no_heading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    copy = shutil.copytree(GUIDE, tmp_path / "skills" / "authoring.v2")
    before = (copy / "SKILL.md").read_text("utf-8")
    done = in_process("deepen", "skills/authoring.v2", SAMPLES, "--keep-headings", "-q")
    assert done.code == 0, done.err
    edits = [{"op": "delete_section", "section": "The cause"}, {"op": "append_to_section", "section": "The command"}]
    Path("patch.json").write_bytes(msgspec.json.encode({"edits": [edits[0], {**edits[1], "text": "- Copy it."}]}))
    patched = in_process("deepen", "skills/authoring.v2", "--patch", "patch.json", "--keep-headings")
    assert patched.code == 0, patched.err
    assert "no heading may go" in patched.err
    assert "+- Copy it." in patched.out
    assert (copy / "SKILL.md").read_text("utf-8") == before
