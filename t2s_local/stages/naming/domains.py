"""Names after the work that most rules of a subject are about: the objects of their tools, or the code's language."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from t2s_local.ports.writer import Background
from t2s_local.stages.naming.nouns import is_thing
from t2s_local.stages.naming.rule_names.rule_names import RuleNames
from t2s_local.stages.naming.subjects import FILE_TOOLS, GENERIC_TOOLS, terms
from t2s_local.stages.naming.topics import order_words
from t2s_local.stages.naming.verbs import VERBS, gerund, plural, singular
from t2s_local.text.commands import is_shell
from t2s_local.text.lesson_words import code_spans, runs_in
from t2s_local.text.programs import programs
from t2s_local.text.text import words
from t2s_local.values.cluster import Cluster
from t2s_local.values.lesson import supporting_runs

SHELL = "shell"
"""Program of rules that name no other program: a shell says little about the work."""
OF_SHELL = "running-shell-commands"
"""Name of work whose rules have only the use of a shell in common."""
MOST = 0.5
"""Least share of the rules that must mention an object for the subject to be named after it."""
_TOGETHER = 0.75
"""Least share of the rules that two objects must cover together."""
_OF_SEVERAL = 0.1
"""Least share of the runs that must work on each of several objects for the subject to be named after all of them."""
_MOST_THINGS = 3
_ORDERED_BY = 0.05
"""Least share of the tasks in which a word begins an order, for the word to count as a verb and not as an object."""
_LOOKING = frozenset(words("check fetch find get grep list look lookup open query read retrieve search select view"))
"""Verbs of tools that change nothing."""
_LANGUAGES = {
    "python": "pip pip3 pytest python python3 tox poetry uv mypy ruff flake8 conda nox",
    "javascript": "npm npx node yarn pnpm jest eslint tsc vitest bun",
    "go": "go gofmt golangci-lint",
    "rust": "cargo rustc rustup",
    "java": "mvn gradle java javac",
    "ruby": "bundle gem rake rspec ruby",
    "c": "make cmake gcc g++ clang ninja ctest",
    "php": "php composer phpunit",
    "dotnet": "dotnet msbuild nuget",
}
"""Programs by the language of the code that they build, test or install."""
_LANGUAGE_OF = {program: language for language, text in _LANGUAGES.items() for program in text.split()}
_SILENT = frozenset(
    words("cd echo cat ls export set true head tail printf exit sed grep awk find rm mv cp mkdir touch sudo")
)
"""Programs that any work uses."""
_BESIDE = frozenset(words("at by for from in of on to using via with"))
"""Words in the name of a tool after which the manner follows, not the object: ``search_files_by_filename``."""
_PROGRAM = re.compile(r"[a-z][\w.+-]*")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def domain_names(clusters: Sequence[Cluster], background: Background, read: RuleNames) -> list[str]:
    """Return names after the subject of at least half of *clusters*, best first; empty if they share too little.

    Only the words of the rules and the names of their tools are read: words of tasks agree by chance.
    """
    tools = [tools_of(cluster, background) for cluster in clusters]
    found = [*_several_things(tools, clusters, background), *_things(tools)]
    spoken = _spoken_verbs(clusters, background)
    told = Counter(tool for names in tools for tool in {tool.lower() for tool in names})
    done = sorted((verb for verb in spoken if told[verb]), key=lambda verb: -told[verb])[:2]
    if len(done) > 1:  # Tools are the actions of the environment: none of them names a subject.
        found.append(f"{'-and-'.join(map(gerund, done))}-things")
    else:
        found += [f"using-{tool}" for tool in _shared(tools) if _is_telling(tool) and tool.lower() not in spoken]
    found += [f"working-on-{language}-code" for language in languages_of(clusters, background)]
    if any(map(is_shell, _shared(tools))):
        found.append(OF_SHELL)
    found += _spoken_of(clusters, background, read)
    return list(dict.fromkeys(found))


def _spoken_verbs(clusters: Sequence[Cluster], background: Background) -> list[str]:
    """Return the words with which tasks begin an order, most frequent first; such words are verbs, not subjects."""
    lessons = background.members(clusters)
    runs = sorted(supporting_runs(lessons))
    tasks = [background.tasks.get(run) or "" for run in runs]
    return [word for word, share in order_words(tasks).items() if share >= _ORDERED_BY] if tasks else []


def question_names(clusters: Sequence[Cluster], background: Background) -> list[str]:
    """Return a name after questions and the tool to look answers up with; empty unless most of the tasks are questions.

    A question ends with a question mark.
    """
    runs = sorted(supporting_runs(background.members(clusters)))
    tasks = [task for run in runs if (task := (background.tasks.get(run) or "").strip())]
    if not tasks or sum(task.endswith(("?", "？")) for task in tasks) < MOST * len(tasks):
        return []
    called = _shared([{tool.lower() for tool in background.tools.get(run, ())} for run in runs])
    ways = [tool for tool in called if tool in _LOOKING and tool not in FILE_TOOLS]
    return [*(f"answering-questions-with-{way}" for way in ways[:1]), "answering-questions"]


def _spoken_of(clusters: Sequence[Cluster], background: Background, read: RuleNames) -> list[str]:
    """Return names after the objects that both most rules and most of the tasks behind them mention."""
    lessons = [background.members((cluster,)) for cluster in clusters]
    said = _shared([{one for lesson in group for one in terms(f"{lesson.when} {lesson.do}")} for group in lessons])
    runs = sorted(supporting_runs(lesson for group in lessons for lesson in group))
    tasks = [background.tasks.get(run) or "" for run in runs]
    asked_for = set(_shared([set(read.asked(task).terms) for task in tasks]))
    counted = {word for task in tasks for word in words(task)}
    things = [thing for thing in said if thing in asked_for and (thing not in VERBS or plural(thing) in counted)]
    return [_handling(thing, counted) for thing in things]


def _handling(thing: str, counted: Collection[str]) -> str:
    """Return the name of work with *thing*: “using” for a program, else “handling”; in the plural if tasks use it."""
    if thing in programs("with_subcommands"):
        return f"using-{thing}"
    return f"handling-{plural(thing) if plural(thing) in counted else thing}"


def _shared(found: Sequence[set[str]], least: float = MOST) -> list[str]:
    """Return the items that a share of at least *least* of *found* contains, the most frequent first."""
    counts = Counter(one for names in found for one in names)
    return sorted(
        (one for one, count in counts.items() if count >= least * len(found)), key=lambda one: (-counts[one], one)
    )


def tools_of(cluster: Cluster, background: Background) -> set[str]:
    """Return the tools that a rule names; if it names none, the tools that most of its runs call."""
    lessons = background.members((cluster,))
    named = {tool for lesson in lessons for tool in lesson.tools}
    if named:
        return named
    runs = supporting_runs(lessons)
    counts = Counter(tool for run in runs for tool in background.tools.get(run, ()))
    return {tool for tool, count in counts.items() if count >= MOST * len(runs)}


def _things(tools: Sequence[set[str]]) -> Iterator[str]:
    """Yield names after the objects of the tools of most rules: one object, or two that cover the rules together."""
    things = [{thing for tool in names for thing in objects_in(tool)} for names in tools]
    verbs = {verb for names in tools for tool in names for verb in _verb(tool) or VERBS.intersection({tool.lower()})}
    kind = "searching" if verbs <= _LOOKING else "managing"
    for thing in _shared(things):
        yield f"{'editing' if thing == 'files' and kind == 'managing' else kind}-{thing}"
    first, *rest = _shared(things, 1 / max(1, len(things))) or [""]
    for other in rest:
        if sum(not names.isdisjoint((first, other)) for names in things) >= _TOGETHER * len(things):
            yield f"{kind}-{first}-and-{other}"
            return


def _several_things(tools: Sequence[set[str]], clusters: Sequence[Cluster], background: Background) -> Iterator[str]:
    """Yield a name after two or three objects of the rules' tools, unless most runs work on the most frequent one."""
    runs = sorted(supporting_runs(background.members(clusters)))
    called = [{thing for tool in background.tools.get(run, ()) for thing in objects_in(tool)} for run in runs]
    own = {thing for names in tools for tool in names for thing in objects_in(tool)}
    things = _shared([found & own for found in called if found], _OF_SEVERAL)[:_MOST_THINGS]
    if len(things) > 1 and not set(things) & set(_shared([found for found in called if found])):
        yield f"managing-{'-'.join(things[:-1])}-and-{things[-1]}"


def objects_of(tools: Sequence[Sequence[str]], least: float) -> list[str]:
    """Return the objects of tools that a share of at least *least* of the runs call, the most frequent first."""
    return _shared([{thing for tool in names for thing in objects_in(tool)} for names in tools], least)


def languages_of(clusters: Sequence[Cluster], background: Background) -> list[str]:
    """Return the languages whose programs most of *clusters* name."""
    return _shared([_languages(cluster, background) for cluster in clusters])


def _parts(tool: str) -> list[str]:
    spelt = tool.rpartition("__")[2].rpartition(".")[2]
    return [part.lower() for piece in re.split(r"[^A-Za-z0-9]+", spelt) for part in _PART.findall(piece)]


def _verb(tool: str) -> list[str]:
    parts = _parts(tool)
    return [part for part in parts[:-1] if part in VERBS | _LOOKING][:1]


def objects_in(tool: str) -> list[str]:
    """Return, as a list, the object in the name of a tool *verb objects*: ``search_calendar_events`` -> events."""
    verb = _verb(tool)
    parts = _parts(tool)
    behind = parts[parts.index(verb[0]) + 1 :] if verb else []
    behind = behind[: next((at for at, part in enumerate(behind) if at and part in _BESIDE), len(behind))]
    things = [part for part in behind if is_thing(part) and len(part) > 2] or [
        part for part in behind[-1:] if len(part) > 2
    ]
    return [plural(singular(things[-1]))] if things else []


def _is_telling(tool: str) -> bool:
    name = tool.lower()
    return name.isalnum() and len(name) > 2 and name not in GENERIC_TOOLS | FILE_TOOLS.keys() and name not in VERBS


def programs_of(cluster: Cluster, background: Background) -> set[str]:
    """Return the languages and other programs whose commands a rule names; ``shell`` for a rule of a shell only.

    A tool with the name of a program (``go``) is no program.
    """
    lessons = background.members((cluster,))
    spans = (code for lesson in lessons for code in code_spans(f"{lesson.when} {lesson.do}"))
    called = {tool for lesson in lessons for tool in lesson.tools if tool.lower() not in GENERIC_TOOLS}
    ran = {run.program for code in spans for run in runs_in(code) if run.program} - called
    found = {_LANGUAGE_OF.get(program, program) for program in ran}
    telling = {one for one in found if one not in _SILENT and _PROGRAM.fullmatch(one)}
    is_of_shell = any(map(is_shell, tools_of(cluster, background)))
    return telling or ({SHELL} if is_of_shell else set())


def _languages(cluster: Cluster, background: Background) -> set[str]:
    return programs_of(cluster, background) & _LANGUAGES.keys()
