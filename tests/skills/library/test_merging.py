"""A new version and the user's edits: merged where that is clean, otherwise nothing is lost."""

from pathlib import Path

import pytest

from t2s_local.skills.library.library import Written
from t2s_local.skills.library.one_skill.history import rollback, skill_diff, skill_versions
from t2s_local.values.skill import Skill, SkillFile
from tests.libraries import AT, write

FRONT = '---\nname: a\ndescription: "{}"\n---\n'
BODY = "\n# A\n\n## Steps\n\n1. Run `make`.\n\n## Never\n\n- Do not push.\n"
EVIDENCE = "# Evidence\n\nSupport: 3.\n"


def version(description: str = "How to build.", body: str = BODY, evidence: str = EVIDENCE) -> Skill:
    files = (
        SkillFile(path="SKILL.md", text=FRONT.format(description) + body),
        SkillFile(path="references/evidence.md", text=evidence),
    )
    return Skill(name="a", description=description, files=files, lesson_ids=(), cluster_ids=(), support=4)


NEW = version("How to build and test.", BODY + "- Do not force.\n", EVIDENCE.replace("3", "4"))


def edited(tmp_path: Path, old: str, new: str, *, path: str = "SKILL.md") -> Path:
    """Write the first version, and edit it as a user does."""
    write(tmp_path, [version()])
    file = tmp_path / "a" / path
    assert old in file.read_text()
    file.write_bytes(file.read_bytes().replace(old.encode(), new.encode()))
    return file


def test_a_rule_of_the_user_and_a_new_rule_stand_side_by_side(tmp_path: Path) -> None:
    file = edited(tmp_path, "1. Run `make`.", "1. Run `make -j2`, as we do here.")
    assert write(tmp_path, [NEW]) == Written(merged=("a",))
    text = file.read_text()
    assert "1. Run `make -j2`, as we do here.\n" in text
    assert "- Do not force.\n" in text
    assert 'description: "How to build and test."' in text
    assert "Support: 4." in (tmp_path / "a" / "references" / "evidence.md").read_text()
    assert write(tmp_path, [NEW], at="later") == Written(kept=("a",))
    assert file.read_text() == text


def test_the_users_front_matter_stays(tmp_path: Path) -> None:
    file = edited(tmp_path, "name: a\n", "name: a\nlicense: MIT\n")
    later = version(body=BODY + "- Do not force.\n")
    assert write(tmp_path, [later]).merged == ("a",)
    assert file.read_text() == FRONT.format("How to build.").replace("name: a\n", "name: a\nlicense: MIT\n") + (
        BODY + "- Do not force.\n"
    )


def test_files_that_the_user_added_and_references_they_edited_stay(tmp_path: Path) -> None:
    edited(tmp_path, "# Evidence", "# Evidence (checked)", path="references/evidence.md")
    script = tmp_path / "a" / "scripts" / "run.sh"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    (tmp_path / "a" / "link").symlink_to("SKILL.md")
    assert write(tmp_path, [NEW]).proposed == ("a",)
    (tmp_path / "a" / "link").unlink()
    assert write(tmp_path, [NEW]).merged == ("a",)
    assert (tmp_path / "a" / "references" / "evidence.md").read_text() == "# Evidence (checked)\n\nSupport: 4.\n"
    assert script.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_line_ends_and_the_mark_of_the_users_editor_stay(tmp_path: Path, mark: str) -> None:
    file = edited(tmp_path, "1. Run `make`.", "1. Run `make -j2`.", path="SKILL.md")
    crlf = mark + file.read_text().replace("\n", "\r\n")
    file.write_bytes(crlf.encode())
    write(tmp_path, [NEW])
    expected = mark + "".join(file.text for file in NEW.files[:1]).replace("make`", "make -j2`").replace("\n", "\r\n")
    assert file.read_bytes() == expected.encode()


def test_an_editor_that_only_changed_the_line_ends_changed_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, [version()])
    file = tmp_path / "a" / "SKILL.md"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert write(tmp_path, [NEW]).merged == ("a",)
    assert file.read_bytes() == NEW.files[0].text.replace("\n", "\r\n").encode()


def test_what_does_not_go_together_waits_and_can_be_looked_at_and_taken(tmp_path: Path) -> None:
    file = edited(tmp_path, "1. Run `make`.", "1. Run `ninja`.")
    mine = file.read_bytes()
    newer = version(body=BODY.replace("Run `make`", "Run `make all`"))
    for _ in range(2):
        assert write(tmp_path, [newer]) == Written(proposed=("a",))
        assert file.read_bytes() == mine
    assert [line for line in skill_diff(tmp_path, "a") if line[0] in "+-" and "Run" in line] == [
        "-1. Run `ninja`.",
        "+1. Run `make all`.",
    ]
    known = skill_versions(tmp_path, "a")
    assert [(event.number, event.kind) for event in known.events] == [(1, "written"), (2, "edited"), (3, "proposed")]
    assert (known.present, known.waiting) == (2, 3)
    rollback(tmp_path, "a", to="3", at=AT, command="test")
    assert file.read_text() == newer.files[0].text
    assert write(tmp_path, [newer]) == Written(unchanged=("a",))
    rollback(tmp_path, "a", to="2", at=AT, command="test")
    assert file.read_bytes() == mine


def test_a_file_that_the_user_deleted_stays_away_unless_it_changed(tmp_path: Path) -> None:
    write(tmp_path, [version()])
    (tmp_path / "a" / "references" / "evidence.md").unlink()
    assert write(tmp_path, [version("How to build and test.")]).merged == ("a",)
    assert not (tmp_path / "a" / "references" / "evidence.md").exists()
    assert write(tmp_path, [NEW]).proposed == ("a",)


def test_an_edited_skill_that_loses_its_support_is_the_users(tmp_path: Path) -> None:
    file = edited(tmp_path, "1. Run `make`.", "1. Run `ninja`.")
    assert write(tmp_path, []) == Written(kept=("a",))
    assert "ninja" in file.read_text()


def test_a_merge_that_would_break_a_rule_of_the_format_waits(tmp_path: Path) -> None:
    file = edited(tmp_path, "# A\n", "# A\n" + "line\n" * 480)
    mine = file.read_bytes()
    longer = version(body=BODY + "- Do not force.\n" * 40)
    assert write(tmp_path, [longer]).proposed == ("a",)
    assert file.read_bytes() == mine
