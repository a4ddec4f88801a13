"""Values of the drawings, which the template shows."""

from t2s_local.values.value import Value

LEAST_TALL = 4
"""Smallest number of runs that fills the height of a drawing, so that a single run does not look like many."""


class Trend(Value, frozen=True, kw_only=True):
    """Counts of runs over time, in equal parts of the days that the page covers."""

    success: tuple[int, ...]
    failure: tuple[int, ...]
    unknown: tuple[int, ...]
    """Runs with an unknown or a partial outcome, by part."""
    n_undated: int
    """Number of runs whose recordings have no times."""

    @property
    def most(self) -> int:
        """Return the number of runs in the fullest part."""
        return max([0, *map(sum, zip(self.success, self.failure, self.unknown, strict=True))])

    @property
    def tallest(self) -> int:
        """Return the number of runs that fills the height: the runs in the fullest part, but at least *LEAST_TALL*."""
        return max(LEAST_TALL, self.most)


class Dot(Value, frozen=True, kw_only=True):
    """Circle of a rule, or of a lesson in no cluster, on the map."""

    x: int
    y: int
    radius: int
    anchor: str | None
    """Anchor of the rule on the page; None if the page does not show the rule."""
    says: str
    support: int
    project: int | None
    """Number of the project's colour; None if there are several projects, none, or a project without a colour."""
    polarity: str
    is_loose: bool
    is_in_skill: bool


class Label(Value, frozen=True, kw_only=True):
    """Name of a skill on the map, beside its largest circle."""

    x: int
    y: int
    anchor: str
    text: str


class MapView(Value, frozen=True, kw_only=True):
    """Map of the lessons; similar lessons are near each other."""

    width: int
    height: int
    dots: tuple[Dot, ...]
    """Circles, the largest first, so that small circles are drawn over large ones."""
    labels: tuple[Label, ...]
    projects: tuple[str, ...]
    """Names of the projects that have a colour."""
    n_cut: int


class TimeRow(Value, frozen=True, kw_only=True):
    """Counts of the runs of one project over time: all runs, runs with an error, and runs with a fix."""

    project: str
    runs: tuple[int, ...]
    errors: tuple[int, ...]
    fixes: tuple[int, ...]
    n_undated: int

    @property
    def tallest(self) -> int:
        """Return the number of runs that fills the height: the runs in the fullest part, but at least *LEAST_TALL*."""
        return max([LEAST_TALL, *self.runs])


class TimelineView(Value, frozen=True, kw_only=True):
    """Timeline of errors and fixes."""

    first: str
    last: str
    rows: tuple[TimeRow, ...]
    n_cut: int


class GraphNodeView(Value, frozen=True, kw_only=True):
    """Node of the workflow graph."""

    x: int
    y: int
    width: int
    kind: str
    label: str
    says: str


class GraphEdgeView(Value, frozen=True, kw_only=True):
    """Edge of the workflow graph, as the path of a curve."""

    path: str
    width: int
    says: str
    is_resolving: bool


class GraphView(Value, frozen=True, kw_only=True):
    """Workflow graph with its heaviest edges."""

    width: int
    height: int
    nodes: tuple[GraphNodeView, ...]
    edges: tuple[GraphEdgeView, ...]
    n_edges_cut: int
