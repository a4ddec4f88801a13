"""Verdicts on steps beside the ways out that are learned from the same runs."""

from t2s_local.analysts._mined.recovery import recoveries
from t2s_local.stages.intake.read_all import read
from t2s_local.stages.intake.slices import slice_trajectory
from t2s_local.stages.steps.steps import judge_steps
from t2s_local.text.events import events_of
from t2s_local.values.lesson import Lesson, Refusal
from tests.places import SAMPLES


def test_what_distill_learns_a_way_out_from_is_repaired_and_a_fatal_step_teaches_none() -> None:
    n_lessons = 0
    for run in read([SAMPLES]).trajectories:
        by_step = {verdict.step: verdict.verdict for verdict in judge_steps(run)}
        for piece in slice_trajectory(run):
            events = events_of(piece)
            failed = [event.call for event in events if event.failed]
            for call, found in zip(failed, recoveries(piece, events), strict=True):
                n_lessons += isinstance(found, Lesson)
                assert by_step[call] == 0.5 or isinstance(found, Refusal)
    assert n_lessons > 0
