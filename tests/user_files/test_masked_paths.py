"""Stored paths, in which names of persons are placeholders, lead to the files they refer to."""

from pathlib import Path

import pytest

from t2s_local.user_files.masked_paths import matching, unmasked

REAL = "/home/jane/.claude/projects/-home-jane-Work-shop/7f.jsonl"
OTHER = "/home/jane/.claude/projects/-home-jane-Work-docs/7f.jsonl"


@pytest.mark.parametrize(
    "stored",
    [
        "~/.claude/projects/~-Work-shop/7f.jsonl",
        "~863fe2/.claude/projects/~-Work-shop/7f.jsonl",
        "/home/<USER_1>/.claude/projects/-home-<USER_1>-Work-shop/7f.jsonl",
        "~/.claude/projects/~-Work-shop/7f.jsonl/part/2",
    ],
)
def test_a_stored_path_refers_to_the_file_with_a_name_for_each_placeholder(stored: str) -> None:
    assert matching(stored, [REAL, OTHER]) == (REAL,)


@pytest.mark.parametrize("stored", [REAL, "~/.claude/projects/~-Work-shop/8.jsonl", "/srv/<USER_1>/7f.jsonl"])
def test_a_path_without_placeholders_or_of_another_file_refers_to_none(stored: str) -> None:
    assert matching(stored, [REAL, OTHER]) == ()


def test_the_only_existing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    one = tmp_path / "logs" / "-home-jane-Work-[shop]" / "1.jsonl"
    one.parent.mkdir(parents=True)
    one.touch()
    assert unmasked("~/logs/~-Work-[shop]/1.jsonl") == str(one)
    assert unmasked("~/logs/~-Work-[shop]/2.jsonl") == "~/logs/~-Work-[shop]/2.jsonl"
    twin = tmp_path / "logs" / "-home-joe-Work-[shop]" / "1.jsonl"
    twin.parent.mkdir()
    twin.touch()
    assert unmasked("~/logs/~-Work-[shop]/1.jsonl") == "~/logs/~-Work-[shop]/1.jsonl"
    assert unmasked("no longer stored") == "no longer stored"


@pytest.mark.parametrize(
    "stored", ["/srv/x~~/1.jsonl", "/srv/<A><B>x/1.jsonl", "/<A><B>/no-such-file", "~" * 400, "/\0~"]
)
def test_an_odd_path_stays_as_it_is(stored: str) -> None:
    assert unmasked(stored) == stored


def test_many_placeholders_are_matched_in_time_or_not_at_all() -> None:
    assert matching("/" + "<A>x" * 200, ["/" + "x" * 2000]) == ()
    assert matching("/srv/<A>x<B>x<C>x<D>x<E>y", ["/srv/" + "x" * 3000]) == ()
    assert matching("/srv/<A><B>x/1", ["/srv/aax/1"]) == ("/srv/aax/1",)
