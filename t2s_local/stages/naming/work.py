"""Names of the work that the rules of a family share, used if no name derived from the rules' words fits the family."""

from typing import NamedTuple

from t2s_local.ports.writer import Background
from t2s_local.stages.naming.domains import OF_SHELL, domain_names, languages_of, question_names
from t2s_local.stages.naming.requests import KnownRequests, request_names
from t2s_local.stages.naming.rule_names.rule_names import RuleNames
from t2s_local.values.cluster import Family

SET_UP = "setting-up-environments"
"""Name of work that begins with an installation."""
EDITING = "editing-files"
"""Name of work with tools that edit files."""
_VAGUE = frozenset(
    {
        "answering-refusals",
        "answering-with-calls",
        "carrying-out-requests",
        "checking-changes",
        "finishing-changes",
        "giving-answers",
        "looking-before-asking",
        "sending-commands",
        "writing-statements",
        "writing-tool-calls",
    }
)
_INSTALLS = frozenset({"bare", "too_new"})
"""Patterns of rules about what must be installed; rules about other missing items say to do without them."""
_HANDLING = "handling-"


class Work(NamedTuple):
    """Names of the work of a family, by source; each list best first."""

    telling: list[str]
    """Names after the objects of the family's tools, or after objects that its rules and tasks both mention."""
    broad: list[str]
    """Names after a language or a shell only."""
    vague: frozenset[str]
    """Names that describe the manner of the work and not its subject: the last choice."""


def work_of(family: Family, background: Background, read: RuleNames) -> Work:
    """Return names for the work of *family*: from its rules and tools, and from its languages."""
    patterns = {lesson.pattern for lesson in background.members(family.clusters)}
    languages = languages_of(family.clusters, background)
    broad = {OF_SHELL, *(f"working-on-{language}-code" for language in languages)}
    named = domain_names(family.clusters, background, read)
    telling = [name for name in named if name not in broad]
    if patterns == {"answer"}:
        things = [name.removeprefix(_HANDLING).removesuffix("s") for name in telling if name.startswith(_HANDLING)]
        telling = [f"writing-{thing}-calls" for thing in things] + telling
    return Work(
        telling=telling,
        broad=[name for name in named if name in broad],
        vague=_VAGUE if patterns & _INSTALLS else _VAGUE | {SET_UP},
    )


def asked_names(family: Family, background: Background, requests: KnownRequests) -> list[str]:
    """Return names after the requests of the tasks of *family*."""
    return [*question_names(family.clusters, background), *request_names(requests.of(family, background))]


def in_language(name: str, family: Family, background: Background, requests: KnownRequests) -> str:
    """Return *name* with the language in it: ``setting-up-python-environments``, ``editing-python-code``."""
    if name == EDITING:
        wanted = requests.of(family, background)
        return f"editing-{wanted.languages[0]}-code" if wanted.languages and not wanted.is_built else name
    languages = languages_of(family.clusters, background) if name == SET_UP else []
    return f"setting-up-{languages[0]}-environments" if languages else name
