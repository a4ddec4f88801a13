"""No word of a rule comes from the code: recordings whose names are changed teach the same rules, names changed."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from t2s_local.analysts._mined.compact_runs import compact
from t2s_local.analysts._noted.all_kinds import notes_of, tell_all
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.intake.slices import slice_all
from t2s_local.values.trajectory import Trajectory

NAMES = {
    "agentdojo": {"email": "emayl", "calendar": "calendor", "event": "evint", "Hawaii": "Hawoii", "query": "qwery"},
    "tau-bench": {"reservation": "reservotion", "flight": "flyght", "seat": "seot", "certificate": "certyficate"},
    "swe-agent": {"django": "djongo", "manage": "menage", "runtests": "runtosts", "reproduce": "reprodoce"},
}
"""Tools, commands, paths and nouns of three sets, each with a name of the same length and place in the alphabet."""


def renamed(text: str, names: Mapping[str, str]) -> str:
    for old, new in names.items():
        for spelt in (str.capitalize, str.lower):
            text = text.replace(spelt(old), spelt(new))
    return text


def changed(run: Trajectory, names: Mapping[str, str]) -> Trajectory:
    return msgspec.json.decode(renamed(msgspec.json.encode(run).decode(), names), type=Trajectory)


def told(runs: list[Trajectory]) -> set[str]:
    found = tell_all([compact(piece, notes_of) for piece in slice_all(runs)])
    return {re.sub(r"\s+", " ", f"{lesson.when}: {lesson.do} {lesson.because}") for lesson in found}


@pytest.mark.parametrize("folder", NAMES)
def test_recordings_with_other_names_teach_the_same_rules_with_these_names(shared_data: Path, folder: str) -> None:
    runs = list(read([shared_data / folder]).trajectories)
    plain = told(runs)
    assert plain
    assert told([changed(run, NAMES[folder]) for run in runs]) == {renamed(text, NAMES[folder]) for text in plain}
