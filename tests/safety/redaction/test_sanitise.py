"""Redaction: nothing planted comes through, ordinary text stays, and nothing depends on the order of the input."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2s_local.errors import InputError, UsageError
from t2s_local.safety.redaction.redact import Redactor, shipped_redactor
from t2s_local.safety.redaction.rules import read_rules, shipped_rules
from t2s_local.safety.redaction.sanitise import sanitise
from t2s_local.values.trajectory import Step, Trajectory
from tests.build import step, trajectory
from tests.seeded import Seed, seeds


def cleaned(text: str) -> str:
    return sanitise([trajectory(step("tool_result", text))]).trajectories[0].steps[0].text


def test_there_are_at_least_300_seeds_and_one_for_every_shape() -> None:
    planted = seeds()
    assert len(planted) >= 300
    shapes = {rule.id for rule in shipped_rules() if rule.check == "token"}
    assert shapes <= {seed.rule for seed in planted}


def test_no_planted_secret_comes_through() -> None:
    leaks = [(seed.rule, seed.text) for seed in seeds() if any(secret in cleaned(seed.text) for secret in seed.secrets)]
    assert leaks == []


def test_no_planted_secret_comes_through_an_argument() -> None:
    def leaked(seed: Seed) -> bool:
        call = Step(kind="tool_call", text="", tool="x", arguments={"a": [{"b": seed.text}], seed.text: 1})
        (done,) = sanitise([trajectory(call)]).trajectories
        return any(secret in str(done.steps[0].arguments) for secret in seed.secrets if "\n" not in secret)

    assert [seed for seed in seeds() if leaked(seed)] == []


@pytest.mark.parametrize(
    "text",
    [
        "def token(self): return self.access_token",
        "password = getpass.getpass()",
        "password: str | None = None",
        "api_key = os.environ['API_KEY']",
        "export TOKEN=$GITHUB_TOKEN and ${OTHER_TOKEN}",
        "key = tokens[3]; auth = load_auth(config)",
        "author: first.last; authored on 2024-05-15T10:10:10",
        "pip install flask==2.3.3 and 1.2.3.4 is version 1.2.3.4 of it"[:31],
        "listening on 127.0.0.1:8000 and 0.0.0.0, [::1]",
        "at 12:30:45 on 2024-05-15, 1234567890 rows, 3.14159265358979",
        "commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "git clone git@github.com:org/repo.git",
        "src/very/long/path/to/some/module/file_name_v2.py",
        'git config --global user.email "you@example.com"',
        "session 5dd7775c-3161-4ad5-bf25-eb59a6ffa8e6",
        "<EMAIL_1> password=<PASSWORD_1> token: <SECRET_2>",
        "The token count is 1024 and max_tokens: 4096",
        "use a secret-keeping-function-like-this-one-here",
        "curl -F file=@printenv.pl http://localhost/upload",
        "22-@pytest.fixture",
        "    is_password: FilterOrBool = False",
        "    usable_password = value and value != ''",
        'create(username="staff", password=***        again = create(username="x", note="y")',
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert cleaned(text) == text


def test_the_same_value_has_the_same_placeholder_throughout_a_trajectory() -> None:
    run = trajectory(
        step("user", "mail a@corp.net and b@corp.net"), step("assistant", "b@corp.net it is, not a@corp.net")
    )
    (done,) = sanitise([run]).trajectories
    assert [item.text for item in done.steps] == ["mail <EMAIL_1> and <EMAIL_2>", "<EMAIL_2> it is, not <EMAIL_1>"]


def test_the_id_the_order_and_the_number_of_steps_stay() -> None:
    run = trajectory(step("user", "I am a@corp.net"), step("assistant", "hello"))
    (done,) = sanitise([run]).trajectories
    assert (done.id, len(done.steps), done.steps[1]) == (run.id, 2, run.steps[1])


def test_a_secret_recognised_once_is_gone_everywhere() -> None:
    first = trajectory(step("tool_result", "export DEPLOY_TOKEN=q8ZrT5vLw2XnB7yK"))
    second = trajectory(step("assistant", "I saw q8ZrT5vLw2XnB7yK before"), source="runs/b.jsonl")
    done = sanitise([second, first])
    assert "q8ZrT5vLw2XnB7yK" not in str(done.trajectories)
    assert done.redactions == {"assigned-secret": 1, "seen-again": 1}


def test_a_password_is_known_by_the_name_of_its_argument() -> None:
    call = Step(kind="tool_call", text="login", tool="login", arguments={"user": "x", "password": "tr0ub4dor"})
    (done,) = sanitise([trajectory(call)]).trajectories
    assert done.steps[0].arguments == {"user": "x", "password": "<PASSWORD_1>"}


def test_the_owner_of_a_home_folder_is_gone_from_the_rest_of_the_run() -> None:
    run = trajectory(
        step("tool_result", "/home/odalysb/src/a.py"), step("assistant", "odalysb owns it; odalysbrunner too")
    )
    (done,) = sanitise([run]).trajectories
    assert [item.text for item in done.steps] == ["~/src/a.py", "<USER_1> owns it; odalysbrunner too"]


def test_thousands_of_secrets_and_names_are_taken_out_too() -> None:
    dice = random.Random(1)
    values = ["".join(dice.choices("abcdefghkmnpqrstuvwxyz23456789", k=20)) + "4x7q" for _ in range(5000)]
    tokens = "\n".join(f"API_TOKEN={value}" for value in values)
    folders = "\n".join(f"/home/{value}/x" for value in values)
    runs = [trajectory(step("tool_result", tokens), step("tool_result", folders), step("assistant", " ".join(values)))]
    done = str(sanitise(runs).trajectories)
    assert [value for value in values if value in done] == []


@pytest.mark.parametrize(
    "trap", ["password=", "a@", "-----BEGIN PRIVATE KEY-----", "A" * 50, "%41", "sk-", "/home/x ", "://"]
)
def test_a_text_made_to_be_slow_is_looked_through_at_once(trap: str) -> None:
    began = time.process_time()
    shipped_redactor().find(trap * (300_000 // len(trap)))
    assert time.process_time() - began < 10


def test_names_of_this_machine_are_gone() -> None:
    run = trajectory(step("tool_result", "odalysb@kestrel:~$ hostname"))
    (done,) = sanitise([run], names=("kestrel",)).trajectories
    assert done.steps[0].text == "<USER_1>@<USER_2>:~$ hostname"


def test_a_private_task_id_becomes_a_digest_that_stays_equal() -> None:
    runs = [trajectory(step("user", text), task_id="ask a@corp.net") for text in ("one", "two")]
    done = sanitise(runs).trajectories
    assert done[0].task_id == done[1].task_id
    assert "corp" not in str(done)


def test_allowed_rules_are_not_applied() -> None:
    run = trajectory(step("user", "a@corp.net at 10.1.2.3"))
    (done,) = sanitise([run], allow=frozenset({"email"})).trajectories
    assert done.steps[0].text == "a@corp.net at <IP_1>"


def test_a_rule_that_does_not_exist_cannot_be_allowed() -> None:
    with pytest.raises(UsageError, match="no redaction rule is called 'emails'") as caught:
        sanitise([], allow=frozenset({"emails", "encoded"}))
    assert caught.value.hint == "Did you mean email?"


def test_sanitising_twice_changes_nothing_more() -> None:
    once = sanitise([trajectory(step("tool_result", seed.text)) for seed in seeds()]).trajectories
    again = sanitise(once)
    assert again.trajectories == once
    assert again.redactions == {}


def test_the_order_of_trajectories_does_not_show() -> None:
    runs = [trajectory(step("tool_result", seed.text), task_id=str(at)) for at, seed in enumerate(seeds()[:80])]
    by_id = {run.id: run for run in sanitise(runs).trajectories}
    assert {run.id: run for run in sanitise(runs[::-1]).trajectories} == by_id


@given(st.text(max_size=400))
def test_what_is_found_lies_in_the_text_and_apart(text: str) -> None:
    found = shipped_redactor().find(text)
    ends = [0, *(item.end for item in found)]
    assert all(end <= item.start < item.end <= len(text) for end, item in zip(ends, found, strict=False))


def test_plain_lines_are_further_rules(tmp_path: Path) -> None:
    path = tmp_path / "extra.txt"
    path.write_text("# ours\nProject Nightjar\n")
    run = trajectory(step("user", "about project nightjar."))
    (done,) = sanitise([run], extra=read_rules(path)).trajectories
    assert done.steps[0].text == "about <REDACTED_1>."


def test_a_rule_file_in_the_shape_of_gitleaks_is_read(tmp_path: Path) -> None:
    path = tmp_path / "extra.toml"
    path.write_text("[[rules]]\nid='ticket'\nregex='''\\b(T-[0-9]{4})\\b'''\nentropy=2.0\nkeywords=['t-']\npath='x'\n")
    run = trajectory(step("user", "see T-1234, not T-1111"))
    done = sanitise([run], extra=read_rules(path))
    assert done.trajectories[0].steps[0].text == "see <REDACTED_1>, not T-1111"
    assert done.redactions == {"ticket": 1}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[[rules]]\nid='a'\nregex='('\n", UsageError),
        ("[[rules]]\nregex='a'\n", InputError),
        ("[[rules]]\n=", InputError),
    ],
)
def test_a_broken_rule_file_is_refused(tmp_path: Path, text: str, error: type[Exception]) -> None:
    path = tmp_path / "extra.toml"
    path.write_text(text)
    with pytest.raises(error):
        read_rules(path)


def test_a_redactor_without_rules_finds_nothing() -> None:
    assert Redactor(()).find("a@corp.net") == ()


def _texts(run: Trajectory) -> str:
    return "\n".join(item.text for item in run.steps)


def test_real_runs_keep_all_but_the_private_parts(shared_data: Path) -> None:
    from t2s_local.stages.intake.read_all import read

    runs = read([shared_data / "tau-bench" / "gpt-4o-airline.json"]).trajectories
    done = sanitise(runs)
    assert done.redactions == {"email": 96}
    kept = sum(len(_texts(run)) for run in done.trajectories) / sum(len(_texts(run)) for run in runs)
    assert kept > 0.99


def test_a_text_without_secrets_of_its_own_is_still_searched_for_those_and_the_names_found_elsewhere() -> None:
    secret = "Zk3" + "qW9vTr8LmX2pB7nD"
    said = f"the deploy used {secret} again"
    runs = [
        trajectory(step("user", said), step("user", "ask katharina about it"), step("user", "nothing here")),
        trajectory(step("user", f"password = {secret}"), step("user", said), step("user", "nothing here")),
        trajectory(step("tool_result", "/home/katharina/work"), step("user", "ask katharina about it")),
    ]
    first, second, third = sanitise(runs).trajectories
    assert secret not in str((first, second))
    assert [step.text for step in first.steps[1:]] == ["ask katharina about it", "nothing here"]
    assert "katharina" not in str(third)
