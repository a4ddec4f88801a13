"""Draw layouts from a half of the grammar, and write sessions in them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from _unheard import bodies_development, bodies_held_out, broad_bodies, broad_calls, broad_containers
from _unheard.body import Body
from _unheard.calls import CALLS, OUTCOMES, RESULTS
from _unheard.containers import CONTAINERS, Container, Files, Written
from _unheard.sessions import Json, Session, draw_session
from _unheard.teams import files as team_files
from _unheard.teams import forms as team_forms
from _unheard.teams import records as team_records
from _unheard.teams import shapes as team_shapes
from _unheard.wide import files, forms, records, shapes
from _unheard.words import Tongue, Words, vocabularies

HALVES = ("development", "wide", "teams", "held_out")
"""The parts of the grammar: three for development, and one that is only counted."""
BODIES = {
    "development": (*bodies_development.BODIES, *broad_bodies.BODIES),
    "wide": (*records.BODIES, *shapes.BODIES),
    "teams": (*team_records.BODIES, *team_shapes.BODIES),
    "held_out": bodies_held_out.BODIES,
}
_CONTAINERS = {
    "development": (*CONTAINERS["development"], *broad_containers.CONTAINERS),
    "wide": files.CONTAINERS,
    "teams": team_files.CONTAINERS,
    "held_out": CONTAINERS["held_out"],
}
_CALLS = {
    "development": (*CALLS["development"], *broad_calls.CALLS),
    "wide": (*forms.CALLS, *CALLS["development"]),
    "teams": team_forms.CALLS,
    "held_out": CALLS["held_out"],
}
_RESULTS = {
    "development": (*RESULTS["development"], *broad_calls.RESULTS),
    "wide": (*forms.RESULTS, *RESULTS["development"]),
    "teams": team_forms.RESULTS,
    "held_out": RESULTS["held_out"],
}
_OUTCOMES = {**OUTCOMES, "wide": forms.OUTCOMES, "teams": team_forms.OUTCOMES}
_RUNS = (2, 5)
_TASK_SHARE = 0.3
"""Share of layouts that state the task beside steps which begin with it."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A folder of files in one layout, and what is in them."""

    name: str
    """Its productions."""
    files: Files
    sessions: tuple[Session, ...]
    tongue: Tongue


def samples(half: str, *, seed: int, n: int) -> Iterator[Sample]:
    """Draw *n* layouts of *half*; containers and bodies come in turn, so that each occurs.

    Args:
        half: One of :data:`HALVES`.
        seed: The same seed gives the same bytes.
        n: Layouts.
    """
    for number in range(n):
        rng = random.Random(f"{seed}/{half}/{number}")
        containers = _CONTAINERS[half]
        container = containers[number % len(containers)]
        bodies = [body for body in BODIES[half] if body.is_list or not container.needs_list]
        yield _sample(half, container, bodies[(number // len(containers) + number) % len(bodies)], rng)


def _sample(half: str, container: Container, body: Body, rng: random.Random) -> Sample:
    words = rng.choice(vocabularies(half))
    tongue = Tongue(words=words, write_call=rng.choice(_CALLS[half]), write_result=rng.choice(_RESULTS[half]))
    outcome = rng.choice(_OUTCOMES[half])
    noise = rng.choice(_NOISE[half])
    states_task = not body.has_task or rng.random() < _TASK_SHARE
    sessions = tuple(draw_session(rng, body.able) for _ in range(rng.randint(*_RUNS)))
    runs = []
    for session in sessions:
        at = datetime.fromtimestamp(session.when, UTC)
        header: dict[str, Json] = {words.when: session.when * 1000 if half == "held_out" else at.isoformat()}
        header |= {words.task: session.task} if states_task else {}
        header |= noise(session, words) | outcome(session, words)
        runs.append(Written(id=session.id, header=header, body=body.write(session, tongue)))
    parts = (container.name, body.name, tongue.write_call.__name__, tongue.write_result.__name__, outcome.__name__)
    return Sample(
        name=f"{'/'.join(parts)}/{words.who}",
        files=container.write(runs, words),
        sessions=sessions,
        tongue=tongue,
    )


def _usage(session: Session, words: Words) -> dict[str, Json]:
    return {"usage": {"prompt_tokens": session.when % 9000, "completion_tokens": 412}, "model": "small-8b-instruct"}


def _catalogue(session: Session, words: Words) -> dict[str, Json]:
    tools = sorted({call.tool for exchange in session.exchanges for act in exchange.acts for call in act.calls})
    return {"available_tools": [{"name": tool, "description": f"Use {tool} where it helps."} for tool in tools]}


def _environment(session: Session, words: Words) -> dict[str, Json]:
    return {
        "environment": {"image": "agents/base:7", "cpus": 2, "labels": ["nightly", "eu"]},
        "seed": session.when % 97,
    }


def _nothing(session: Session, words: Words) -> dict[str, Json]:
    return {}


def _debug(session: Session, words: Words) -> dict[str, Json]:
    return {
        "debug": [
            {"level": "INFO", "msg": f"worker {session.when % 7} picked up the job"},
            {"level": "DEBUG", "msg": "cache miss, loading the index again"},
            {"level": "INFO", "msg": "uploading artefacts to the bucket"},
        ]
    }


def _settings(session: Session, words: Words) -> dict[str, Json]:
    return {
        "settings": {"temperature": 0.2, "max_rounds": 40, "endpoint": "inference.internal:8080"},
        "latency": {"p50": 0.8, "p95": 3.1},
    }


_NOISE = {
    "development": (_usage, _catalogue, _nothing),
    "wide": (_usage, _nothing, _nothing),
    "teams": (_usage, _environment, _nothing),
    "held_out": (_debug, _settings, _nothing),
}
