"""Values of everything that is drawn, as the template shows them."""

from t2s_local.values.value import Value

LEAST_TALL = 4
"""Runs that fill the height of a drawing at least, so that a single run does not look like many."""


class Trend(Value, frozen=True, kw_only=True):
    """Runs over time, in equal parts of the days that the page covers."""

    success: tuple[int, ...]
    failure: tuple[int, ...]
    unknown: tuple[int, ...]
    """Runs without an outcome, and those with a part of one."""
    n_undated: int
    """Runs whose recordings have no times."""

    @property
    def most(self) -> int:
        """Return the number of runs in the fullest part."""
        return max([0, *map(sum, zip(self.success, self.failure, self.unknown, strict=True))])

    @property
    def tallest(self) -> int:
        """Return the number of runs that fill the height: those of the fullest part, where they are not too few."""
        return max(LEAST_TALL, self.most)


class Dot(Value, frozen=True, kw_only=True):
    """Rule or loose lesson on the map."""

    x: int
    y: int
    radius: int
    anchor: str | None
    """None where it is not on the page."""
    says: str
    support: int
    project: int | None
    """Which colour of a project it has; None without a project, or with several."""
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
    """Map of the lessons: what lies near says much the same."""

    width: int
    height: int
    dots: tuple[Dot, ...]
    """The largest first, so that small ones are drawn over them."""
    labels: tuple[Label, ...]
    projects: tuple[str, ...]
    """Those that have a colour."""
    n_cut: int


class TimeRow(Value, frozen=True, kw_only=True):
    """Runs of one project over time: how many there were, how many met an error, how many got past it."""

    project: str
    runs: tuple[int, ...]
    errors: tuple[int, ...]
    fixes: tuple[int, ...]
    n_undated: int

    @property
    def tallest(self) -> int:
        """Return the number of runs that fill the height: those of the fullest part, where they are not too few."""
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
    """Workflow graph, its heaviest edges."""

    width: int
    height: int
    nodes: tuple[GraphNodeView, ...]
    edges: tuple[GraphEdgeView, ...]
    n_edges_cut: int
