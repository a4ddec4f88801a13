"""The parts of a skill: each stands word for word at its place, and no line is in two of them."""

from pathlib import Path

import pytest

from t2s_local.skills.library.index.units import required, sub_units
from t2s_local.skills.source import read_source
from tests.routed import write_skill

BODY = """\
Some words before.

## Steps

1. Call `make build` first.
   - It takes a minute.
2. Never call `make clean`.

## Commands

```sh
# no heading
make build
```

## Avoid

- Old targets.
- [more](references/more.md): what else there is.

See [the other](../other-skill/SKILL.md).
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = write_skill(tmp_path, "building", "Building.", BODY, metadata={"requires": "third-skill"})
    (folder / "references").mkdir()
    (folder / "references" / "more.md").write_text("# More\n\n- Use `ninja`.\n")
    (folder / "references" / "evidence.md").write_text(
        "# Evidence\n\n## R1. A rule\n\n- Support: 3 trajectories, 3 tasks\n"
    )
    return folder


def test_a_skill_falls_into_rules_prohibitions_commands_and_sections(folder: Path) -> None:
    found = [(unit.place, unit.kind, unit.heading) for unit in sub_units(read_source(folder))]
    assert found == [
        ("building#10", "section", "building"),
        ("building#14", "rule", "Steps"),
        ("building#16", "prohibition", "Steps"),
        ("building#20", "command", "Commands"),
        ("building#27", "prohibition", "Avoid"),
        ("building#30", "section", "Avoid"),
        ("building/references/more.md#3", "rule", "More"),
    ]


def test_every_part_is_the_text_of_its_lines(folder: Path) -> None:
    source = read_source(folder)
    for unit in sub_units(source):
        lines = source.texts[unit.path].split("\n")
        n_lines = unit.text.count("\n") + 1
        assert "\n".join(lines[unit.line - 1 : unit.line - 1 + n_lines]) == unit.text


def test_links_and_metadata_say_what_a_skill_requires(folder: Path) -> None:
    assert required(read_source(folder)) == ("other-skill", "third-skill")
