"""The project of a run: one way to write it, and nobody's name in it."""

import pytest

from t2s_local.text.projects import folder_project, project_of, repository_in, repository_named, repository_said


def test_a_home_folder_is_a_digest_of_its_owner() -> None:
    one, other = folder_project("/Users/mina/src/shop"), folder_project("/home/mina/src/shop")
    assert one == other
    assert one is not None
    assert "mina" not in one
    assert one.endswith("/src/shop")
    assert folder_project("C:\\Users\\mina\\src\\shop") == one
    assert folder_project("/Users/omar/src/shop") != one


@pytest.mark.parametrize(
    "folder",
    [
        "/srv/shop/.worktrees/2",
        "/srv/shop/.claude/worktrees/fix-tests/src",
        "/srv/shop/worktrees/a",
        "/srv/shop/",
    ],
)
def test_a_work_tree_is_counted_with_its_repository(folder: str) -> None:
    assert folder_project(folder) == "/srv/shop"


ANY = (
    "/",
    "/testbed",
    "/workspace",
    "/srv/task",
    "/tmp/work",
    "/home/mina/src",
    "/home/mina",
    "~",
    "",
    "shop",
    "[cut]",
)


@pytest.mark.parametrize("folder", [*ANY, "../shop"])
def test_where_any_project_could_be_is_none(folder: str) -> None:
    assert folder_project(folder) is None


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/acme/shop.git",
        "https://user:secret@github.com/acme/shop",
        "git@github.com:acme/shop.git",
        "ssh://git@git.example.org:2222/team/acme/shop.git/",
        "acme/shop",
    ],
)
def test_every_address_of_a_repository_gives_the_same_name(address: str) -> None:
    assert repository_in(address) == "acme/shop"


def test_a_word_is_no_repository() -> None:
    assert repository_in("shop") is None
    assert repository_in("https://example.org") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("django__django-11099", "django/django"),
        ("pvlib__pvlib-python-1854", "pvlib/pvlib-python"),
        ("ponylang__ponyc__0.1", "ponylang/ponyc"),
        ("acme__shop", "acme/shop"),
        ("airline__3", None),
        ("user_task_13", None),
        (None, None),
    ],
)
def test_benchmarks_name_tasks_and_folders_after_repositories(text: str | None, name: str | None) -> None:
    assert repository_named(text) == name


def test_a_repository_says_more_than_a_folder_and_a_folder_more_than_nothing() -> None:
    assert project_of(folder="/srv/copy", repository="git@h.org:acme/shop.git", task_id=None) == "acme/shop"
    assert project_of(folder="/testbed", repository=None, task_id="acme__shop-12") == "acme/shop"
    assert project_of(folder="/srv/copy", repository="", task_id=None) == "/srv/copy"
    assert project_of(folder=None, repository=None, task_id="12") is None


def test_what_was_written_once_is_read_again_as_it_is() -> None:
    for written in (folder_project("/Users/mina/src/shop"), "/srv/shop", "acme/shop"):
        assert project_of(folder=written, repository=written, task_id=None) == written


def test_a_folder_is_the_repository_whose_address_stands_in_the_run() -> None:
    remote = "origin git@git.example.org:acme/cli.git (fetch)"
    texts = [remote, 'import "git.example.org/acme/cli/cmd"', "see https://git.example.org/acme/cli/pull/7"]
    assert repository_said("~a1b2c3/src/cli", texts) == "acme/cli"
    assert repository_said("~a1b2c3/src/cli", texts[:1]) is None
    assert repository_said("~a1b2c3/src/cli", [*texts, *["git.example.org/other/cli"] * 3]) is None
    assert repository_said("~a1b2c3/src/client", texts) is None


def test_an_address_has_a_whole_host_before_the_owner() -> None:
    said = ["https://www.git.example.org/acme/cli", "at git.example.org:acme/cli.git", "(git.example.org/acme/cli)"]
    assert repository_said("/home/mina/src/cli", said) == "acme/cli"
    for path in ("../x.example.org/acme/cli", "/opt/acme/cli", "..example.org/acme/cli", "a..example.org/acme/cli"):
        assert repository_said("/home/mina/src/cli", [*said[:2], path]) == ("acme/cli" if "/x." in path else None)
