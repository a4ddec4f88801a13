"""Ways out: told where most runs leave a failure alike, more often than they do it anyway, and go on well."""

import re
from collections.abc import Sequence

import msgspec

from t2s_local.values.lesson import Lesson
from t2s_local.values.trajectory import Outcome, Step, Trajectory
from tests.build import step, trajectory
from tests.mining import lessons

FAIL = "zork sync {n}"
ERROR = "zork: vault item-{n} is sealed by agent {n}{n}"
OUT = "lantern unseal --all {n}"
FILLER = ("quux build", "brot lint", "flim test", "drel pack")


def shell(command: str, output: str, *, key: str, code: int = 0) -> tuple[Step, Step]:
    call = Step(kind="tool_call", text=command, tool="bash", arguments={"command": command}, call_id=key)
    return call, Step(kind="tool_result", text=output, tool="bash", call_id=key, exit_code=code)


def run(
    n: int,
    *commands: str,
    outcome: Outcome | None = "success",
    task: str | None = None,
    asked: str = "Get it to work.",
) -> Trajectory:
    """A run of *commands*, with {n} filled in; one that begins with ``!`` fails with the message after ``#``."""
    steps: list[Step] = []
    for at, command in enumerate(commands):
        text, _, error = command.replace("{n}", str(n)).lstrip("!").partition(" # ")
        steps += shell(text, error or "done", key=f"k{at}", code=int(command.startswith("!")))
    return trajectory(
        step("user", asked), *steps, task_id=task or f"t{n}", outcome=outcome, source=f"{n}-{task}-{asked}"
    )


def met(n: int, *after: str, outcome: Outcome | None = "success", task: str | None = None) -> Trajectory:
    before, *others = (FILLER[(n + at) % len(FILLER)] for at in range(4))
    return run(n, before, f"!{FAIL} # {ERROR}", *after, *others, outcome=outcome, task=task)


def plain(n: int) -> Trajectory:
    return run(n, *FILLER, "zork sync {n}")


def ways(*runs: Trajectory) -> list[Lesson]:
    return [item for item in lessons(*runs, pattern="recovery") if len(item.trajectory_ids) > 1]


def corpus() -> list[Trajectory]:
    return [*(met(n, OUT) for n in range(11, 16)), *(plain(n) for n in range(20, 40))]


def test_what_most_runs_did_after_a_failure_is_told_although_the_failed_command_never_came_again() -> None:
    (told,) = ways(*corpus())
    assert told.when == "`zork sync <number>` fails with “zork: vault item-<number> is sealed by agent <number>”"
    assert told.do == "Run `lantern unseal --all <number>`."
    assert told.because is None
    assert len(told.trajectory_ids) == 5
    assert {quote.role for quote in told.evidence} == {"action", "observation", "fix"}


def test_the_order_of_the_runs_does_not_show() -> None:
    assert ways(*corpus()) == ways(*reversed(corpus()))


def test_the_same_rule_comes_out_renamed_when_everything_is_renamed() -> None:
    names = {"zork": "blimp", "sync": "heave", "lantern": "oxbow", "unseal": "prise", "all": "each", "vault": "crate"}
    names |= {"quux": "mond", "brot": "kern", "flim": "wust", "drel": "tark", "sealed": "stuck", "agent": "clerk"}

    def renamed(text: str) -> str:
        return re.sub(r"[a-z]+", lambda found: names.get(found[0], found[0]), text)

    runs = [
        msgspec.structs.replace(
            item, steps=tuple(msgspec.structs.replace(one, text=renamed(one.text)) for one in item.steps)
        )
        for item in corpus()
    ]
    (told,), (other,) = ways(*corpus()), ways(*runs)
    assert (renamed(told.when), renamed(told.do)) == (other.when, other.do)


def told_of(runs: Sequence[Trajectory]) -> set[str]:
    return {item.do for item in ways(*runs)}


def test_two_runs_or_one_task_are_no_rule() -> None:
    others = [plain(n) for n in range(20, 40)]
    assert told_of([met(11, OUT), met(12, OUT), *others]) == set()
    assert told_of([*(met(n, OUT, task="same") for n in range(11, 16)), *others]) == set()


def test_what_only_failing_runs_did_is_no_way_out() -> None:
    others = [plain(n) for n in range(20, 40)]
    assert told_of([*(met(n, OUT, outcome="failure") for n in range(11, 16)), *others]) == set()


def test_a_failure_that_every_run_leaves_in_another_way_has_none() -> None:
    exits = ("abel fix", "bodo mend", "carl patch-up", "dora heal", "emil cure")
    runs = [met(n, exits[n - 11]) for n in range(11, 16)]
    assert told_of([*runs, *(plain(n) for n in range(20, 40))]) == set()


def test_what_only_looks_and_what_follows_everything_is_no_way_out() -> None:
    others = [plain(n) for n in range(20, 40)]
    assert told_of([*(met(n, "cat vault.txt", "zork status", "git log") for n in range(11, 16)), *others]) == set()
    frequent = [run(n, FILLER[0], "lantern unseal --all {n}", *FILLER[1:]) for n in range(20, 60)]
    assert told_of([*(met(n, OUT) for n in range(11, 14)), *frequent]) == set()


def test_a_script_of_the_runs_own_is_no_way_out() -> None:
    wrote = "cat > probe.py <<'EOF'\nprint({n})\nEOF"
    runs = [met(n, wrote, "python probe.py") for n in range(11, 16)]
    assert told_of([*runs, *(plain(n) for n in range(20, 40))]) == set()


def test_what_did_not_rid_the_runs_of_the_failure_is_no_way_out() -> None:
    again = f"!{FAIL} # {ERROR}"
    runs = [met(n, OUT, again) for n in range(11, 16)]
    assert told_of([*runs, *(plain(n) for n in range(20, 40))]) == set()


def test_the_command_that_passed_after_the_way_out_is_named_as_repeated() -> None:
    runs = [met(n, OUT, FAIL) for n in range(11, 16)]
    told = told_of([*runs, *(plain(n) for n in range(20, 40))])
    assert "Run `lantern unseal --all <number>`, then repeat what failed." in told


def test_an_option_that_different_commands_share_is_told_by_itself() -> None:
    commands = ("zork sync", "brim pull {n}", "zork sync", "brim pull {n}", "torf get {n}")
    runs = [
        run(n, f"!{command} # certificate {n} was signed by nobody", f"{command} --trust-local", *FILLER)
        for n, command in enumerate(commands, 11)
    ]
    told = told_of([*runs, *(plain(n) for n in range(20, 40))])
    assert told == {"Run the command again with `--trust-local`."}


def test_a_name_in_the_message_makes_the_kind_where_most_failures_name_it() -> None:
    def lacking(n: int, name: str, out: str) -> Trajectory:
        return run(n, f"!python {name} check {n} # python: can't open file '{name}': no such file", out, *FILLER)

    runs = [lacking(n, "manage.py", "python tests/all.py part{n}") for n in range(11, 16)]
    runs += [lacking(n, f"tool{n}.py", f"fetch{n} tools") for n in range(16, 20)]
    (told,) = ways(*runs, *(plain(n) for n in range(20, 40)))
    assert "manage.py" in told.when
    assert told.do == "Run `python tests/all.py <name>`."


def tool(name: str, arguments: dict[str, object], answer: str, *, key: str, failed: bool = False) -> tuple[Step, Step]:
    text = msgspec.json.encode(arguments).decode()
    call = Step(kind="tool_call", text=text, tool=name, arguments=arguments, call_id=key)
    return call, Step(kind="tool_result", text=answer, tool=name, call_id=key, is_error=failed)


def test_the_call_of_another_tool_is_told_with_the_choice_all_made() -> None:
    runs = [
        trajectory(
            step("user", "Settle it."),
            *tool("press_key", {"key": n}, f"Error: a pane covers key {n}", key="1", failed=True),
            *tool("close_pane", {"how": "quietly", "pane": n}, "closed", key="2"),
            *tool("note_down", {"text": f"note {n}"}, "noted", key="3"),
            task_id=f"t{n}",
            outcome="success",
            source=f"{n}",
        )
        for n in range(11, 16)
    ]
    others = [
        trajectory(
            step("user", "Settle it."),
            *tool("note_down", {"text": f"note {n}"}, "noted", key="3"),
            *tool("press_key", {"key": n}, "pressed", key="1"),
            task_id=f"t{n}",
            outcome="success",
            source=f"{n}",
        )
        for n in range(20, 30)
    ]
    assert "Call `close_pane` with `how` = `quietly`." in told_of([*runs, *others])
