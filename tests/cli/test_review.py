"""``t2s review``: a person decides about rules, and the next run does as was decided."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from t2s_local.runs.finished.candidates import CandidateRule
from t2s_local.runs.finished.heads import LOOSE
from t2s_local.runs.reviewing.items import Item, RuleItem, SkillItem
from t2s_local.values.decision import Decision, RuleText
from tests.commands import Ran, in_process
from tests.places import SAMPLES

T2s = Callable[..., Ran]


@pytest.fixture
def t2s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> T2s:
    """Run commands in a folder with skills of the samples."""
    monkeypatch.chdir(tmp_path)
    assert distil(in_process).code == 0
    return in_process


def distil(t2s: T2s, *more: str) -> Ran:
    return t2s("distill", SAMPLES, "-o", "skills", "--model", "none", "--quiet", *more)


def every(t2s: T2s, *more: str) -> list[Item]:
    shown = t2s("review", "skills", "--json", *more)
    assert shown.code == 0, shown.err
    return [msgspec.json.decode(line, type=Item) for line in shown.out.splitlines()]


def items(t2s: T2s, *more: str) -> dict[str, RuleItem]:
    return {item.id: item for item in every(t2s, *more) if isinstance(item, RuleItem)}


def body() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(Path("skills").glob("*/SKILL.md")))


def test_what_was_rejected_stays_out_and_leaves_the_others_as_they_were(t2s: T2s) -> None:
    before = items(t2s)
    chosen = next(item for item in before.values() if item.skill is not None)
    done = t2s("review", "skills", "--reject", chosen.id, "--why", "everybody knows")
    assert done.code == 0
    assert "everybody knows" in done.out
    assert "t2s distill" in done.err
    distil(t2s)
    after = items(t2s, "--all")
    assert after[chosen.id].skill is None
    assert any("everybody knows" in lack for lack in after[chosen.id].lacks)
    kept = {one for one, item in before.items() if item.skill is not None and item.skill != chosen.skill}
    assert kept <= {one for one, item in after.items() if item.skill is not None}
    assert chosen.id not in items(t2s)
    assert "everybody knows" in t2s("review", "skills", "--rejected").out


def test_a_rejected_lesson_that_is_alone_or_risky_says_so_among_the_candidates(t2s: T2s) -> None:
    weak = [item for item in items(t2s).values() if item.skill is None]
    chosen = [next(item.id for item in weak if item.risk), next(item.id for item in weak if item.lacks == (LOOSE,))]
    assert t2s("review", *(word for one in chosen for word in ("--reject", one)), "--why", "no use").code == 0
    distil(t2s)
    shown = t2s("candidates", "--json").out.splitlines()
    found = {item.id: item for item in (msgspec.json.decode(line, type=CandidateRule) for line in shown)}
    for one in chosen:
        assert len(found[one].lacks) == 1
        assert "you rejected it on" in found[one].lacks[0]
        assert "no use" in t2s("why", one).out


def test_what_was_accepted_enters_a_skill_at_any_support(t2s: T2s) -> None:
    weak = [item for item in items(t2s).values() if item.skill is None]
    lonely = min(weak, key=lambda item: (item.support, item.id))
    assert lonely.support == 1
    assert t2s("review", "--accept", lonely.id).code == 0
    distil(t2s)
    after = items(t2s, "--all")
    accepted = [item for item in after.values() if item.decision is not None]
    assert [item.decision.verdict for item in accepted if item.decision] == ["accepted"]
    assert accepted[0].skill is not None
    assert f"({accepted[0].rule}: 1 run)" in body() or f"({accepted[0].rule}: 1 runs)" in body()
    assert t2s("lint", "skills").code == 0


def test_accepted_candidates_change_neither_name_nor_description_of_a_skill(t2s: T2s) -> None:
    before = {item.id: item.description for item in every(t2s) if isinstance(item, SkillItem)}
    told = {item.id: item.do for item in items(t2s).values() if item.skill is not None}
    weak = [item.id for item in items(t2s).values() if item.skill is None]
    assert t2s("review", *(word for one in weak for word in ("--accept", one))).code == 0
    distil(t2s)
    found = every(t2s, "--all")
    after = {item.id: item.description for item in found if isinstance(item, SkillItem)}
    assert before.items() <= after.items()
    standing = {
        item.id: item.do for item in found if isinstance(item, RuleItem) and item.decision is None and item.skill
    }
    assert standing == told
    joined = {item.skill for item in found if isinstance(item, RuleItem) and item.decision is not None}
    assert joined & before.keys()


def test_what_was_pinned_keeps_its_words_and_undo_gives_the_same_bytes_again(t2s: T2s) -> None:
    before = {path: path.read_bytes() for path in Path("skills").glob("*/**/*.md")}
    chosen = next(item for item in items(t2s).values() if item.skill is not None)
    assert t2s("review", "--pin", chosen.id).code == 0
    found = items(t2s, "--all")[chosen.id].decision
    assert found is not None
    assert found.text == RuleText(when=chosen.when, do=chosen.do, because=chosen.because)
    undone = t2s("review", "--undo", "--json")
    assert msgspec.json.decode(undone.out, type=Decision) == found
    assert t2s("review", "--undo").code == 10
    distil(t2s)
    assert before == {path: path.read_bytes() for path in Path("skills").glob("*/**/*.md")}


def test_with_review_nothing_is_written_before_it_was_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = in_process("distill", SAMPLES, "-o", "skills", "--model", "none", "--review")
    assert shown.code == 0
    assert "t2s review" in shown.err
    assert list(Path("skills").glob("*/SKILL.md")) == []
    best = next(iter(items(in_process).values()))
    assert in_process("review", "--accept", best.id).code == 0
    assert distil(in_process, "--review").code == 0
    inside = [item for item in items(in_process, "--all").values() if item.skill is not None]
    assert [item.decision is not None for item in inside] == [True]


def test_names_that_mean_no_rule_or_several_are_refused(t2s: T2s) -> None:
    assert t2s("review", "--reject", "no-such-rule").code == 2
    assert t2s("review", "--accept", "").code == 2
    assert t2s("review", "--why", "because").code == 2
    assert t2s("review", "elsewhere").code == 10
    assert items(t2s)


def test_undo_goes_alone(t2s: T2s) -> None:
    assert t2s("review", "--accept", next(iter(items(t2s)))).code == 0
    for word in ("--list", "--all", "--rejected"):
        assert t2s("review", "--undo", word).code == 2
    assert "Nothing is rejected." in t2s("review", "--rejected").err
    undone = t2s("review", "--undo")
    assert (undone.code, "Next: t2s distill" in undone.err) == (0, True)


def test_decisions_that_came_with_a_folder_are_refused(t2s: T2s) -> None:
    chosen = next(iter(items(t2s)))
    assert t2s("review", "--reject", chosen).code == 0
    path = Path("skills/.t2s-library/decisions.json")
    assert path.stat().st_mode & 0o077 == 0
    changed = path.read_text("utf-8").replace('"rejected"', '"accepted"')
    path.write_text(f"{changed}\n", "utf-8")  # Without the line end another test may have written the same.
    assert distil(t2s).code == 3
    path.unlink()
    path.symlink_to("/etc/hostname")
    assert distil(t2s).code == 1
