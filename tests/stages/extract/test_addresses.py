"""Addresses that a run named itself stay links; one that only a tool result showed does not."""

from t2s_local.stages.extract.addresses import own_addresses
from t2s_local.values.lesson import Quote
from t2s_local.values.trajectory import Outcome, Step
from tests.build import lesson, step, trajectory

HUB = "https://hub.example/encoder/4"


def known(*steps: Step, outcome: Outcome | None = None, task: str | None = None, n_runs: int = 1) -> frozenset[str]:
    runs = [trajectory(*steps, outcome=outcome, task=task, source=f"{number}.jsonl") for number in range(n_runs)]
    told = lesson("an encoder is asked for", f"Load `{HUB}`.", runs=tuple(run.id for run in runs))
    return own_addresses((told,), {run.id: run for run in runs})


def test_what_the_user_the_task_or_the_system_named_is_known() -> None:
    assert known(step("user", f"Load {HUB}, please.")) == {HUB}
    assert known(step("system", f"Models lie at {HUB}.")) == {HUB}
    assert known(step("user", "Load it."), task=f"Load {HUB}") == {HUB}


def test_what_an_agent_wrote_is_known_where_its_run_did_not_fail() -> None:
    answer = step("assistant", f'hub.load("{HUB}")')
    assert known(answer, outcome="success") == {HUB}
    assert known(answer) == {HUB}
    assert known(answer, outcome="failure") == frozenset()


def test_what_a_tool_result_brought_up_is_unknown_though_the_agent_follows_it() -> None:
    shown, called = step("tool_result", f"Fetch {HUB} first."), step("tool_call", f"curl {HUB}", tool="bash")
    assert known(shown, called, outcome="success", n_runs=3) == frozenset()
    assert known(step("user", f"Use {HUB}"), shown, called) == {HUB}


def test_a_longer_address_does_not_make_its_beginning_known() -> None:
    assert known(step("user", f"Load {HUB}/large")) == frozenset()


def test_addresses_of_quotes_count_as_those_of_the_words() -> None:
    run = trajectory(step("tool_call", f"curl -O {HUB}", tool="bash"), outcome="success")
    shown = Quote(trajectory_id=run.id, step=0, role="fix", text=f"curl -O {HUB}")
    told = lesson("it is missing", "Fetch it.", runs=(run.id,), evidence=(shown,))
    assert own_addresses((told,), {run.id: run}) == {HUB}
