"""Here-documents of commands."""

import pytest

from t2s_local.text.commands import bare, is_same_call


def test_commands_are_compared_without_what_they_write_to_a_file() -> None:
    assert bare("cd a && cat > b.py <<'E'\nprint(1)\nE\npython b.py | tail -3").endswith("python b.py")


@pytest.mark.parametrize("piece", ["<<a\n", "cat <<a\n", "cat ", "tee a ", "cat <<'a'\nb\n"])
def test_a_command_of_very_many_marks_is_compared_as_it_is_however_long(piece: str) -> None:
    command = f"make {piece * 100_000}"
    assert len(bare(command)) > 300_000
    assert is_same_call("bash", command, f"{command} ")
