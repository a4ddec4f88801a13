"""What a plug-in must be. Stages know these protocols; only ``cli`` knows who implements them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from t2s_local.types import (
    ClusterId,
    Extraction,
    Family,
    Lesson,
    LessonId,
    Skill,
    Slice,
    Trajectory,
    TrajectoryId,
    Unit,
    Value,
    Wording,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first bytes of a file, looked at once and shown to every format."""

    path: Path
    raw: bytes
    """At most 64 kB, decompressed."""
    records: tuple[object, ...] = ()
    """The JSON values of the first lines, at most 50; empty where the file is not JSON Lines."""
    document: object = None
    """The one JSON value of the file, cut off where *raw* ends; None where the file is not JSON."""


class Quarantined(Value, frozen=True, kw_only=True):
    """A record that could not be read; everything around it was."""

    path: str
    line: int | None
    """1-based line (JSONL) or record number (JSON)."""
    reason: str


class Passed(Value, frozen=True, kw_only=True):
    """Records a reader passed over on purpose, because they hold no step."""

    path: str
    record: str
    """The record's type, as the format spells it."""
    count: int = 1


class Guess(Value, frozen=True, kw_only=True):
    """How sure the fallback is of the way in which it read a file."""

    path: str
    certainty: float
    """From 0 to 1."""
    reasons: tuple[str, ...]
    """What fitted and what was left out, one clause each."""


Reading = Trajectory | Quarantined | Passed | Guess


class Format(Protocol):
    """A trajectory format: a module of ``t2s_local.formats``."""

    def claims(self, head: Head) -> bool:
        """Whether a file that starts like this is of this format, judged by content and never by name."""

    def read(self, path: Path, *, source: str) -> Iterator[Reading]:
        """Read the trajectories of a file one by one.

        Args:
            path: The file.
            source: What to call it in the trajectories.
        """


class Analyst(Protocol):
    """Reads slices and states lessons."""

    name: str
    version: str
    """Changes whenever its answers may: part of the key results are stored under."""

    def plan(self, slices: Sequence[Slice]) -> Sequence[Unit]:
        """Cut the work into units; every slice appears in at least one. The order of *slices* does not show.

        The slices have ids and labels; their steps and requests may be absent until they are analysed.
        """

    def analyse(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Extraction]]:
        """Work through *units*, in any order, one extraction each."""


class Placement(Value, frozen=True, kw_only=True):
    """Where an executor puts the work, and how much of it at a time."""

    actors: int
    """Processes that each have an analyst of their own; fewer where there is no room for so many."""
    gpus_per_actor: float
    """GPUs each of them takes, or a part of one; 0 for none."""
    address: str | None = None
    """Of a cluster that runs already; None for this machine alone."""


class Executor(Protocol):
    """Says where an analyst works; its lessons do not show where that was."""

    name: str

    def spread(self, recipe: Callable[[], Analyst]) -> Analyst:
        """An analyst like the one *recipe* makes.

        Args:
            recipe: Makes an analyst wherever it is called; it can be pickled.
        """


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    name: str
    digest: str
    """Identifies the weights; vectors of different digests are never mixed."""
    dimensions: int

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Embed *texts*: shape ``(n, d)``, float32, unit rows; cosine order equals Euclidean order on them."""


class Partition(Value, frozen=True, kw_only=True):
    """What a clusterer found: positions in the rows it was given."""

    groups: tuple[tuple[int, ...], ...]
    """Rows of each group, ascending; groups by their first row."""
    loose: tuple[int, ...]
    """Rows in no group, ascending."""
    algorithm: str
    """The algorithm with the settings it used, in words."""


class Clusterer(Protocol):
    """Partitions unit vectors by what lies together."""

    name: str

    def partition(self, vectors: "NDArray[np.float32]", *, weights: Sequence[int]) -> Partition:
        """Group the rows of *vectors*.

        Args:
            vectors: Shape ``(n, d)``, float32, unit rows, in canonical order (the caller sorts by lesson id).
            weights: How many lessons stand behind each row, at least 1.

        Raises:
            ValueError: shapes do not agree, or a row is not finite.
        """


PLAIN_WORDING = Wording()
"""No words of a writer's own: those of the lessons are taken."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a writer may draw on beside the family itself."""

    lessons: dict[LessonId, Lesson]
    """Every lesson of the run, absorbed ones included."""
    absorbed: dict[LessonId, tuple[LessonId, ...]]
    """Lessons each kept lesson absorbed."""
    outcomes: dict[TrajectoryId, str | None]
    """Outcome of every trajectory of the run."""
    tasks: dict[TrajectoryId, str | None]
    """Task text of every trajectory of the run."""
    labels: dict[ClusterId, tuple[str, ...]]
    """Terms that tell each cluster from the rest, most telling first."""
    origins: dict[TrajectoryId, str] = {}
    """The conversation each trajectory belongs to; a trajectory that is not here is one of its own."""


class Writer(Protocol):
    """Writes one skill from the clusters of one subject."""

    name: str
    version: str
    """Changes whenever its words may: part of the key they are stored under."""

    def word(self, families: Iterable[Family], evidence: Evidence) -> Iterator[tuple[Family, Wording]]:
        """Find words for *families*, many at a time, in any order; for some or all it may have none of its own.

        Args:
            families: As they will be written; drawn as there is room for them.
            evidence: The lessons and what is known of their trajectories.

        Raises:
            ModelError: a model cannot be run.
        """

    def write(
        self,
        family: Family,
        evidence: Evidence,
        *,
        taken: frozenset[str],
        min_support: int,
        wording: Wording = PLAIN_WORDING,
    ) -> Skill:
        """Write the skill.

        Args:
            family: The clusters, by support; each has at least 2, the first at least *min_support*.
            evidence: The lessons and what is known of their trajectories.
            taken: Names other skills have.
            min_support: Support a rule needs to stand in the body; the others go to ``references/``. At least 2.
            wording: From :meth:`word`.
        """


class Request(Value, frozen=True, kw_only=True):
    """One thing to ask a model."""

    id: str
    prefix: str
    """The part many requests share, evaluated once: instructions and examples."""
    prompt: str
    """The part of this request alone."""
    schema: dict[str, object] | None = None
    """JSON schema the answer must obey; None for free text.

    Every text needs a ``maxLength`` of at most 600 and every list a ``maxItems`` of at most 64.
    """
    max_tokens: int
    """Cap of the answer; a schema whose longest answer is shorter lowers it."""
    temperature: float = 0.0
    seed: int = 0


Finish = Literal["stop", "length", "repeat", "parked"]
"""How an answer ended: by itself, at its token cap, going round in circles, or not had at all, for a reason given."""


class Completion(Value, frozen=True, kw_only=True):
    """What a model answered."""

    request_id: str
    text: str
    finish: Finish
    prompt_tokens: int
    generated_tokens: int
    reason: str | None = None
    """Why it is parked."""


class Engine(Protocol):
    """Runs a local language model over many requests at once."""

    name: str
    digest: str
    """SHA-256 of the weights: part of the key answers are stored under."""
    context: int
    """Tokens one request may use, prompt and answer together."""

    def count_tokens(self, text: str) -> int:
        """Count the tokens of *text* with the model's own tokenizer."""

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Answer *requests*, each once, in the order they finish.

        Raises:
            ModelError: the model cannot be run at all.
        """

    def score(self, prefix: str, continuation: str) -> tuple[float, ...]:
        """Natural-log probabilities of the tokens of *continuation* after *prefix*, one a token.

        Raises:
            ModelError: both together exceed the context, or one of them is empty.
        """

    def close(self) -> None:
        """Give back the memory; safe to call twice."""
