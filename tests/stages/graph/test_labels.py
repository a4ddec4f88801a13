"""Labels of events: what stays of a command or a sentence, and what is masked."""

import pytest

from t2s_local.stages.graph.labels import action_label, masked, words_label
from t2s_local.stages.graph.recorded import is_project


@pytest.mark.parametrize(
    ("action", "label"),
    [
        ("df -h", "df -h"),
        ("journalctl --vacuum-size=1G", "journalctl --vacuum-size=1G"),
        ("cd /srv/app && python -m pytest tests/test_a.py -x", "python -m pytest <path> -x"),
        ("cd /srv/app; pip install pandas", "pip install pandas"),
        ("git commit -m 'Fix the parser for 12 dates'", "git commit -m <text>"),
        ("systemctl restart nginx", "systemctl restart nginx"),
        ("grep -rn 'def parse' src/app.py | head -20", "grep -rn <text> <path>"),
        ("find . -type f -name '*.py'", "find <path> -type f -name <text>"),
        ("sed -n '10,20p' src/app.py", "sed -n <text> <path>"),
        ("python3 -c 'import sys; print(sys.path)'", "python3 -c <text>"),
        ("terraform force-unlock 6638e010-8fb0-46cf-966d-21e806602f3a", "terraform force-unlock <id>"),
        ("curl -s https://example.com/v1/items?page=2", "curl -s <url>"),
        ("cat > run.py <<'EOF'\nprint(1)\nEOF\npython run.py", "cat > <path> && python <path>"),
    ],
)
def test_a_command_keeps_what_it_does_and_loses_what_it_does_it_to(action: str, label: str) -> None:
    assert action_label("bash", action) == label


def test_a_tool_is_its_own_label() -> None:
    assert action_label("get_user_details", '{"user_id": "ann_12"}') == "get_user_details"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("failed at 2026-01-02T03:04:05.123Z on host", "failed at <time> on host"),
        ("since ago(5m) nothing", "since <time> nothing"),
        ("on 2026-01-02 it broke", "on <date> it broke"),
        ("pointer 0xdeadbeef99 is bad", "pointer <address> is bad"),
        ("see https://example.com/a/b now", "see <url> now"),
        ("10.0.0.12 refused port 8080", "<ip> refused port 8080"),
        ("order 12345678 and order 123", "order <number> and order 123"),
        (f'it said "{"a" * 90}"', "it said <text>"),
        ("HTTP 503 from python 3.11", "HTTP 503 from python 3.11"),
        ("I am ann_smith_5901, booking 3RK2T9, flight HAT030", "I am <id>, booking <id>, flight <id>"),
        ("mail <EMAIL_2> at once", "mail <email> at once"),
    ],
)
def test_what_differs_from_run_to_run_is_masked_and_numbers_that_matter_stay(text: str, label: str) -> None:
    assert masked(text) == label


def test_the_first_line_of_a_request_that_is_more_than_a_tag_is_its_label() -> None:
    assert words_label("<task>\n\nMend the parser.\nIt fails.\n</task>") == "Mend the parser."


@pytest.mark.parametrize(
    ("named", "is_it"), [("cli", True), ("CLI", True), ("entireio/cli", True), ("li", False), ("entireio", False)]
)
def test_a_project_is_known_by_the_last_parts_of_its_name(named: str, *, is_it: bool) -> None:
    assert is_project("src/entireio/cli", named) == is_it
