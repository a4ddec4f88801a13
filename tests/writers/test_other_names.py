"""What runs did with other names is told once: with a placeholder, or saying that the names are others."""

from tests.skill_corpus import Told, file_of, recovery
from tests.writers.test_template import written


def recoveries(*pairs: tuple[str, str], do: str = "Run `{fix}` instead of `{failed}`.") -> list[Told]:
    return [
        recovery(
            f"Bring up preview {number}.",
            failed,
            "cannot bind port 80: permission denied",
            fix,
            when=f"`{failed.split()[0]}` fails with “cannot bind port 80: permission denied”",
            do=do.format(fix=fix, failed=failed),
            number=number,
        )
        for number, (failed, fix) in enumerate(pairs)
    ]


def body_of(told: list[Told]) -> str:
    return file_of(written(told), "SKILL.md")


def test_an_argument_that_each_run_kept_is_a_placeholder() -> None:
    names = ("docs", "gateway", "storybook")
    body = body_of(recoveries(*((f"serve {name} --port 80", f"serve {name} --port 8080") for name in names)))
    assert "Do: Run `serve <name> --port 8080` instead of `serve <name> --port 80`" in body
    assert "Or (" not in body


def test_what_stood_in_the_failed_command_alone_is_known_too() -> None:
    paths = [f"tests/test_{name}.py" for name in ("amber", "brine", "cobalt")]
    pairs = [(f"pytest {path}", f"pytest {path} --snapshot-update") for path in paths]
    assert "Do: Run `pytest <path> --snapshot-update`" in body_of(recoveries(*pairs, do="Run `{fix}`."))


def test_several_arguments_have_a_placeholder_each() -> None:
    pairs = [(f"ship {name} to {place}", f"ship {name} to {place} --dry") for name, place in (("a1", "b"), ("c", "d1"))]
    body = body_of(recoveries(*pairs, *pairs))
    assert "`ship <name 1> to <name 2> --dry`" in body


def test_what_all_runs_agree_on_is_no_placeholder() -> None:
    body = body_of(recoveries(*[("serve docs --port 80", "serve docs --port 8080")] * 3))
    assert "Do: Run `serve docs --port 8080` instead of `serve docs --port 80`" in body


def test_programs_subcommands_and_options_are_the_advice_and_no_placeholders() -> None:
    pairs = [("git fetch docs", "git fetch docs --force"), ("git merge docs", "git merge docs --force")]
    body = body_of(recoveries(*pairs, *pairs))
    assert "`git fetch docs --force`" in body
    assert "git <name>" not in body


def quiet(*numbers: int) -> str:
    pairs = [("serve --quiet", f"serve --quiet config/site-{number}.toml") for number in numbers]
    return body_of(recoveries(*pairs, do="Run `{fix}`."))


def test_a_name_that_each_run_chose_for_itself_is_a_placeholder() -> None:
    assert "Do: Run `serve --quiet <path>`" in quiet(0, 1, 2)


def test_a_name_that_most_runs_chose_is_told_and_that_others_chose_another() -> None:
    assert "Do (2 runs; with other names in 1 more): Run `serve --quiet config/site-0.toml`" in quiet(0, 0, 1)


def test_words_in_quotes_are_one_word() -> None:
    pairs = [(f"note -m 'About {name}'", f"note -m 'About {name}' --sign") for name in ("docs", "the gateway", "it")]
    assert "Run `note -m <text> --sign`" in body_of(recoveries(*pairs, do="Run `{fix}`."))


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
