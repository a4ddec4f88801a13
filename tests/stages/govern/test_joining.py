"""Two skills joined: identity removes, containment does not."""

import pytest

from t2s_local.errors import InputError
from t2s_local.skills.source import SkillSource
from t2s_local.stages.govern.joining import join
from tests.uses import GIT, TAR

FRONT = '---\nname: {0}\ndescription: "Use when pushing."\n---\n\n# Title\n\n## Gotchas\n\n{1}\n'
GENERAL = "- Run the tests before you push.\n"
NARROWER = "- Run the tests before you push to main.\n"


def source(name: str, text: str, **more: bytes) -> SkillSource:
    raw = {"SKILL.md": text.encode(), **more}
    return SkillSource(name=name, raw=raw, sizes={path: len(data) for path, data in raw.items()})


def joined(one: str, other: str) -> str:
    return (
        join(source("one", FRONT.format("one", one)), source("other", FRONT.format("other", other)))
        .files["SKILL.md"]
        .decode()
    )


@pytest.mark.parametrize(("one", "other"), [(GENERAL, NARROWER), (NARROWER, GENERAL)])
def test_a_general_rule_and_a_narrower_one_both_stay(one: str, other: str) -> None:
    text = joined(one, other)
    assert GENERAL.strip() in text.splitlines()
    assert NARROWER.strip() in text.splitlines()


def test_what_both_say_word_for_word_stands_once() -> None:
    assert joined(GENERAL, f"{GENERAL}{NARROWER}").count("before you push.") == 1


def test_the_do_not_half_stays_beside_the_do() -> None:
    text = joined("- Push with `--force`.\n", "- Do not push with `--force`.\n")
    assert "- Push with `--force`." in text
    assert "- Do not push with `--force`." in text


def test_sections_that_only_the_other_one_has_come_along() -> None:
    other = FRONT.format("other", GENERAL) + "\n## Avoid\n\n- Do not push at night.\n\n```sh\n# no heading\n```\n"
    text = join(source("one", FRONT.format("one", "- Push.")), source("other", other)).files["SKILL.md"].decode()
    assert "## Avoid\n\n- Do not push at night.\n" in text
    assert "# no heading" in text


def test_rules_get_numbers_of_their_own_and_their_evidence_comes_along() -> None:
    mine, theirs = (
        f"# Evidence\n\n## R{number}. Head\n\n- Support: 3 trajectories, 1 task\n".encode() for number in (1, 1)
    )
    links = "\n## References\n\n- [references/evidence.md](references/evidence.md): quotes.\n"
    one = source("using-git", GIT + links, **{"references/evidence.md": mine})
    other = source("using-tar", TAR + links, **{"references/evidence.md": theirs})
    made = join(one, other)
    assert "(R3: 3 runs)" in made.files["SKILL.md"].decode()
    assert "## R3. Head" in made.files["references/evidence.md"].decode()
    assert (made.n_added, made.n_same) == (1, 0)


def test_a_skill_with_programs_is_not_joined_by_code() -> None:
    with pytest.raises(InputError, match="scripts"):
        join(source("using-git", GIT), source("using-tar", TAR, **{"scripts/run.sh": b"true\n"}))


def test_files_of_folders_keep_names_of_their_own_and_bytes_that_are_no_text() -> None:
    more = {"references/a/x.md": b"# A\n", "references/b/x.md": b"# B\n", "references/map.png": b"\x89PNG\xff R1"}
    made = join(source("one", FRONT.format("one", GENERAL)), source("other", FRONT.format("other", NARROWER), **more))
    assert made.files["references/other-a-x.md"] == b"# A\n"
    assert made.files["references/other-b-x.md"] == b"# B\n"
    assert made.files["references/other-map.png"] == more["references/map.png"]
