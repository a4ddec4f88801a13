"""One simple command of a shell line, with what stands around it."""

from collections.abc import Iterator

from t2s_local.values.value import Value

HOLE = "\x00"
"""Stands in an argument for what another command prints."""


class Command(Value, frozen=True, kw_only=True):
    """One simple command."""

    program: str
    """Base name in lower case, without ``.exe``; empty for assignments alone."""
    arguments: tuple[str, ...] = ()
    """A NUL stands for what another command prints."""
    variables: tuple[tuple[str, str], ...] = ()
    """Assignments before it."""
    writes: tuple[str, ...] = ()
    """Files that its output is written to."""
    reads: tuple[str, ...] = ()
    """Files that it is fed with."""
    given: str | None = None
    """Text it is fed with on its own lines."""
    statement: int = 0
    """Commands of one pipeline, with those inside of it, have the same number."""
    place: int = 0
    """Place in the pipeline, from 0."""
    after: str = ""
    """Operator between it and the command before it, as ``||``; empty for the first one."""
    is_inside: bool = False
    """Whether its output is put into another command."""
    is_root: bool = False
    """Whether it runs as the administrator."""

    @property
    def followed(self) -> Iterator[tuple[str, str]]:
        """Every argument with the argument after it, which is empty after the last one."""
        return zip(self.arguments, (*self.arguments[1:], ""), strict=False)
