"""Tests of the parts of a skill as lines."""

from t2s_local.skills.library.index.units import sub_units
from t2s_local.skills.source import SkillSource
from t2s_local.stages.use.compile.parts import Part, SkillText, parts_of

PAGE = """\
---
name: handling-archives
description: Unpack archives.
---

# Handling archives

Some words on how all of it came to be.

## When to use

- You are about to use `tar`.

## Steps

1. When an archive is large, list it first.
   - Seen in 3 of 4 runs.
   - Do: `tar tf big.tar`

   ```sh
   tar tf big.tar | head
   ```
2. You must never unpack into a folder with files.

## Avoid

- Deleting the archive before the check.

### Odd kinds

- Renaming it.

## Format

Use this for the list:

```text
# name
size
```
"""


def parts(text: str = PAGE) -> tuple[list[Part], SkillText]:
    source = SkillSource(name="handling-archives", raw={"SKILL.md": text.encode()}, sizes={"SKILL.md": len(text)})
    skill = SkillText(source.name, {"SKILL.md": text})
    return parts_of([(unit, 0.5) for unit in sub_units(source)], skill, requires={}), skill


def said(part: Part, skill: SkillText) -> list[str]:
    return [skill.line(place) for place in part.lines]


def test_what_only_says_when_to_use_a_skill_is_no_part() -> None:
    found, skill = parts()
    assert not [part for part in found if "You are about to use" in " ".join(said(part, skill))]
    assert len(found) == 6


def test_of_a_page_that_t2s_wrote_the_words_about_the_page_itself_are_no_part() -> None:
    source = SkillSource(name="handling-archives", raw={"SKILL.md": PAGE.encode()}, sizes={"SKILL.md": len(PAGE)})
    ours = SkillText(source.name, {"SKILL.md": PAGE}, is_ours=True)
    found = parts_of([(unit, 0.5) for unit in sub_units(source)], ours, requires={})
    assert len(found) == 5
    assert "how all of it came to be" not in " ".join(line for part in found for line in said(part, ours))


def test_an_item_keeps_its_first_paragraph_and_every_verbatim_line() -> None:
    found, skill = parts()
    step = found[1]
    assert said(step, skill) == [
        "## Steps",
        "1. When an archive is large, list it first.",
        "   - Do: `tar tf big.tar`",
        "   ```sh",
        "   tar tf big.tar | head",
        "   ```",
    ]
    assert [skill.line(place) for place in step.rest] == ["   - Seen in 3 of 4 runs."]
    assert str(step.lines[1]) == step.place == "handling-archives#16"


def test_of_a_page_that_t2s_wrote_counts_reasons_and_the_example_stay_out() -> None:
    said_below = (
        "- 9 of 55 calls with `gift_card` were refused.",
        "- Why: Users often do not have it.",
        "- Never call `drop` in 1 of 2 runs.",
        "- Ask before you call `wipe`.",
        "- Do (3 runs): Call `list`.",
        "- Or (2 runs): Call `tree`.",
        "- **Risky**: it deletes `a`. A person accepted this rule.",
    )
    below = "".join(f"   {line}\n" for line in said_below)
    front = "---\nname: pages\ndescription: Pages.\n---\n\n# Pages\n\n## Steps\n\n"
    page = f"{front}1. When asked, answer. (R1: 9 runs)\n{below}\n## Example\n\nR1, trajectory `a1`.\n"
    source = SkillSource(name="pages", raw={"SKILL.md": page.encode()}, sizes={"SKILL.md": len(page)})
    units = [(unit, 0.5) for unit in sub_units(source)]
    ours, theirs = (SkillText("pages", {"SKILL.md": page}, is_ours=is_ours) for is_ours in (True, False))
    (rule,) = parts_of(units, ours, requires={})
    assert [line.strip()[:8] for line in said(rule, ours)] == [
        *("1. When ", "- Never ", "- Ask be", "- Do (3 ", "- Or (2 ", "- **Risk"),
    ]
    assert [ours.line(place).strip()[:8] for place in rule.rest] == ["- 9 of 5", "- Why: U"]
    assert [line.strip()[:6] for line in said(parts_of(units, theirs, requires={})[0], theirs)][2:] == [
        *("- 9 of", "- Why:", "- Neve", "- Ask ", "- Do (", "- Or (", "- **Ri"),
    ]


def test_what_holds_in_any_situation_is_the_core() -> None:
    found, skill = parts()
    core = [said(part, skill)[-1] for part in found if part.is_core]
    assert core == [
        "2. You must never unpack into a folder with files.",
        "- Deleting the archive before the check.",
        "- Renaming it.",
    ]


def test_an_item_below_a_heading_that_forbids_keeps_that_heading() -> None:
    found, skill = parts()
    assert said(found[3], skill) == ["## Avoid", "- Deleting the archive before the check."]
    assert said(found[4], skill) == ["## Avoid", "### Odd kinds", "- Renaming it."]


def test_a_block_of_code_keeps_the_words_before_it() -> None:
    found, skill = parts()
    assert said(found[5], skill) == ["## Format", "Use this for the list:", "```text", "# name", "size", "```"]


def test_a_part_that_no_longer_stands_at_its_place_is_left_out() -> None:
    source = SkillSource(name="handling-archives", raw={"SKILL.md": PAGE.encode()}, sizes={"SKILL.md": len(PAGE)})
    changed = SkillText(source.name, {"SKILL.md": PAGE.replace("list it first", "look at it first")})
    found = parts_of([(unit, 0.5) for unit in sub_units(source)], changed, requires={})
    assert len(found) == 5
    assert parts_of([(unit, 0.5) for unit in sub_units(source)], SkillText(source.name, {}), requires={}) == []
