"""What runs did with other names is said to be so."""

from tests.skill_corpus import Told, file_of, recovery
from tests.writers.test_template import written


def pytests(*names: str) -> list[Told]:
    return [
        recovery(
            f"Mend the snapshot of {name}.",
            f"pytest tests/test_{name}.py",
            "AssertionError: snapshot differs",
            f"pytest tests/test_{name}.py --snapshot-update",
            when="`pytest` fails with “AssertionError: snapshot differs”",
            do=f"Run `pytest tests/test_{name}.py --snapshot-update`.",
            number=number,
        )
        for number, name in enumerate(names)
    ]


def test_a_command_that_others_ran_with_other_names_says_how_many_ran_this_one() -> None:
    told = pytests("amber", "brine", "cobalt")
    body = file_of(written(told), "SKILL.md")
    assert "Do (1 run; with other names in 2 more): Run `pytest tests/test_amber.py --snapshot-update`" in body
    assert "Do: Run `pytest tests/test_amber.py" in file_of(written(pytests("amber", "amber", "amber")), "SKILL.md")


def test_scripts_of_single_projects_are_named_as_such() -> None:
    told = [
        recovery(
            f"Start {name}.",
            f"./{name}.sh",
            "bad interpreter",
            f"dos2unix {name}.sh && ./{name}.sh",
            when=f"`{name}.sh` fails with “bad interpreter”",
            do=f"Run `dos2unix {name}.sh && ./{name}.sh`.",
            number=number,
        )
        for number, name in enumerate(("amber", "brine"))
    ]
    assert "A script such as `amber.sh` or `brine.sh` fails with" in file_of(written(told), "SKILL.md")
