"""Names of projects: short, and the same for every clone."""

from t2s_local.stages.intake.corpus import Outline
from t2s_local.stages.naming.projects import named, project_names
from t2s_local.values.trajectory import TrajectoryId


def test_clones_in_different_homes_are_one_project() -> None:
    found = named(["~a1b2c3/Work/acme/shop", "~d4e5f6/src/shop", "acme/shop", "~d4e5f6/src/till"])
    assert found == {
        "~a1b2c3/Work/acme/shop": "acme/shop",
        "~d4e5f6/src/shop": "acme/shop",
        "acme/shop": "acme/shop",
        "~d4e5f6/src/till": "till",
    }


def test_an_owner_is_left_out_where_the_name_tells_it() -> None:
    assert named(["shop/shop", "acme-till/till"]) == {"shop/shop": "shop", "acme-till/till": "till"}


def test_three_letters_are_no_name() -> None:
    assert set(named(["~a1b2c3/Work/acme/devenv/cli", "~d4e5f6/acme/cli", "~c0c0c0/acme/cli"]).values()) == {"acme/cli"}
    assert set(named(["~a1b2c3/src/cli"]).values()) == {"cli"}


def test_folders_of_one_name_in_one_home_are_told_apart() -> None:
    assert named(["~a1b2c3/acme/api", "~a1b2c3/other/api"]) == {
        "~a1b2c3/acme/api": "acme/api",
        "~a1b2c3/other/api": "other/api",
    }
    assert named(["acme/api", "other/api"]) == {"acme/api": "acme/api", "other/api": "other/api"}


def test_the_names_do_not_depend_on_letter_case_or_order() -> None:
    assert named(["/srv/Shop", "~a1b2c3/shop"]) == named(["~a1b2c3/shop", "/srv/Shop"])
    assert len(set(named(["/srv/Shop", "~a1b2c3/shop"]).values())) == 1


def test_a_folder_whose_name_was_private_names_no_project() -> None:
    assert named(["~a1b2c3/src/<USER_1>"]) == {}


def test_only_runs_that_tell_their_project_have_one() -> None:
    outlines = [
        Outline(id=TrajectoryId("one"), source="a", format="f", project="acme/shop"),
        Outline(id=TrajectoryId("two"), source="a", format="f"),
    ]
    assert project_names(outlines) == {"one": "acme/shop"}
