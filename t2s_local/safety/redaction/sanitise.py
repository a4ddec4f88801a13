"""Replace secrets and personal data in trajectories before another part of the program reads or stores them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple, TypeVar

import msgspec

from t2s_local.errors import UsageError
from t2s_local.safety.redaction.redact import RedactionMatch, Redactor, apart, replaced
from t2s_local.safety.redaction.rules import RedactionRule, named, shipped_rules
from t2s_local.safety.redaction.secrets import HOME, SEEN_AGAIN, Literals, Search, occurrences, people_in
from t2s_local.safety.redaction.tree import IDS, mapped, parts_of, texts_of
from t2s_local.text.text import join_words
from t2s_local.values.trajectory import Step, Trajectory
from t2s_local.values.value import Value, digest

_Any = TypeVar("_Any")
_KEPT_DIGITS = 13
_NAMED = "machine-name"
_OTHER_RULES = frozenset({SEEN_AGAIN, "encoded", _NAMED})
"""Names of further kinds of redaction that are not rules of their own, but can be switched off like rules."""


class Sanitised(Value, frozen=True, kw_only=True):
    """Trajectories without secrets, and the number of replaced secrets."""

    trajectories: tuple[Trajectory, ...]
    redactions: dict[str, int]
    """Number of replaced places in texts of steps and tasks by name of the rule, sorted; contains no secret values."""
    digest: str
    """Digest of the rules and secrets that determined the cleaned texts; part of the key of stored results."""


def sanitise(
    trajectories: Sequence[Trajectory],
    *,
    allow: frozenset[str] = frozenset(),
    extra: Sequence[RedactionRule] = (),
    names: Iterable[str] = (),
) -> Sanitised:
    """Replace secrets and personal data by placeholders such as ``<EMAIL_1>``.

    Within a trajectory the same value has the same placeholder everywhere, numbered by first appearance; the values
    behind the placeholders are known only while this function runs. A secret that was recognised in one place is
    replaced in every place of every trajectory. The id of a trajectory and the number and order of its steps do not
    change. An id of a task, session or call that contains private data becomes a digest, so that equal ids are still
    equal.

    Args:
        trajectories: Trajectories; their order does not change the result.
        allow: Ids of rules that are not applied.
        extra: Further rules, see :func:`t2s_local.safety.redaction.rules.read_rules`.
        names: Words that are private on this machine, see :func:`t2s_local.safety.redaction.names.machine_names`.
    """
    sanitiser = Sanitiser(allow=allow, extra=extra, names=names)
    for run in trajectories:
        sanitiser.look(run)
    cleaned = tuple(map(sanitiser.clean, trajectories))
    return Sanitised(trajectories=cleaned, redactions=sanitiser.redactions, digest=sanitiser.digest)


class SanitiserSettings(NamedTuple):
    """Settings of a sanitiser, to make the same sanitiser in another process."""

    allow: frozenset[str]
    extra: tuple[RedactionRule, ...]
    names: tuple[str, ...]


class Secrets(NamedTuple):
    """Texts to be replaced wherever they occur."""

    values: frozenset[str]


class SanitiserNotes(NamedTuple):
    """Secrets, counts and machine names that a sanitiser found, for the sanitiser of another process."""

    secrets: frozenset[str]
    counts: Counter[str]
    met: frozenset[str]


class Sanitiser:
    """Cleans trajectories one at a time, like :func:`sanitise`: it first looks at all of them, then cleans each."""

    def __init__(
        self, *, allow: frozenset[str] = frozenset(), extra: Sequence[RedactionRule] = (), names: Iterable[str] = ()
    ) -> None:
        """Make the rules ready; the arguments are those of :func:`sanitise`.

        Raises:
            UsageError: *allow* names a rule that does not exist.
        """
        self._allow, self._extra, self._names = allow, tuple(extra), tuple(sorted(names))
        self._rules = (*self._extra, *named(self._names), *shipped_rules())
        _check_allowed(allow, {rule.id for rule in self._rules})
        self._search = Search(Redactor(self._rules, allow=allow))
        self._seen: set[str] = set()
        self._secrets: Literals | None = None
        self._counts: Counter[str] = Counter()
        self._met: set[str] = set()

    def begin_file(self) -> None:
        """Limit the number of secrets in the trajectories looked at from now on, which are those of one file."""
        self._search.redactor.limit()

    def look(self, run: Trajectory) -> None:
        """Remember the secrets in *run*.

        Raises:
            InputError: the file of *run* contains more secrets than can be replaced in about a minute.
            ValueError: a trajectory was cleaned already.
        """
        if self._secrets is not None:
            message = "every trajectory must be looked at before the first one is cleaned"
            raise ValueError(message)
        self._seen |= self._search.secrets(run)

    def brief(self) -> "SanitiserSettings":
        """Return the settings that make the same sanitiser in another process."""
        return SanitiserSettings(self._allow, self._extra, self._names)

    def hand_over(self) -> "SanitiserNotes":
        """Return the notes since the last call, for :meth:`take_over` of another sanitiser."""
        noted = SanitiserNotes(frozenset(self._seen), Counter(self._counts), frozenset(self._met))
        self._seen.clear()
        self._counts.clear()
        return noted

    @property
    def secrets(self) -> "Secrets":
        """Secrets in the trajectories looked at so far."""
        return Secrets(frozenset(self._seen))

    def know(self, secrets: "Secrets") -> None:
        """Use *secrets*, which another sanitiser found, for cleaning; no trajectory can be looked at afterwards."""
        self._secrets = Literals(secrets.values)

    def take_over(self, noted: "SanitiserNotes") -> None:
        """Merge secrets, counts and machine names noted by the sanitiser of another process."""
        self._seen |= noted.secrets
        self._counts += noted.counts
        self._met |= noted.met

    def clean(self, run: Trajectory) -> Trajectory:
        """Return *run* with placeholders for secrets and personal data."""
        self._search.redactor.room = None
        return _Cleaner(self._search, self._literals(), run, self._allow, self._met).clean(self._counts)

    def forget(self) -> None:
        """Release the memory of the texts searched so far; the secrets found in them stay known."""
        self._search.forget()

    def without_secrets(self, value: _Any) -> _Any:
        """Return *value* with unnumbered placeholders in every string, for reports about the input."""
        return mapped(value, self._plain)

    def _plain(self, text: str) -> str:
        found = apart([*self._search.find(text), *self._literals().find(text)])
        return replaced(text, found, lambda item: HOME if item.label == HOME else f"<{item.label}>")

    @property
    def redactor(self) -> Redactor:
        """Redactor with the compiled rules."""
        return self._search.redactor

    @property
    def redactions(self) -> dict[str, int]:
        """Number of places replaced so far by name of the rule, sorted."""
        return dict(sorted(self._counts.items()))

    @property
    def digest(self) -> str:
        """Digest of the rules and secrets that determined the cleaned texts.

        Includes the names of this machine that occurred in the texts, and no others: results for texts without such
        names have the same digest on every machine.
        """
        rules = [repr(rule) for rule in self._rules if rule.id != _NAMED]
        return digest(*rules, *sorted(self._allow), *self._literals().values, *sorted(self._met))

    def _literals(self) -> Literals:
        if self._secrets is None:
            self._secrets = Literals(self._seen)
        return self._secrets


def _check_allowed(allow: frozenset[str], rules: set[str]) -> None:
    for name in sorted(allow - rules - _OTHER_RULES):
        near = get_close_matches(name, rules | _OTHER_RULES)
        message = f"no redaction rule is called {name!r}"
        hint = f"Did you mean {join_words(near, last='or')}?" if near else "A run names the rules it applied."
        raise UsageError(message, hint=hint)


class _Cleaner:
    """Replaces the secrets of one trajectory by numbered placeholders."""

    def __init__(
        self, search: Search, secrets: Literals, run: Trajectory, allow: frozenset[str], met: set[str]
    ) -> None:
        self._met = met
        self._search = search
        self._secrets = secrets
        self._run = run
        self._people = people_in(search, run) if SEEN_AGAIN not in allow else {}
        self._numbers: dict[str, str] = {}
        self._sizes: Counter[str] = Counter()

    def clean(self, counts: Counter[str]) -> Trajectory:
        """Return the trajectory with placeholders; the number of replacements by rule is added to *counts*."""
        changes: dict[str, object] = {**self._fields(self._run, "task", counts)}
        for name, part in parts_of(self._run).items():
            if found := self._fields(part, "", counts):
                changes[name] = msgspec.structs.replace(part, **found)
        steps = tuple(self._step(step, counts) for step in self._run.steps)
        if any(new is not old for new, old in zip(steps, self._run.steps, strict=True)):
            changes["steps"] = steps
        return msgspec.structs.replace(self._run, **changes) if changes else self._run

    def _step(self, step: Step, counts: Counter[str]) -> Step:
        changes: dict[str, object] = {**self._fields(step, "text", counts)}
        if step.arguments is not None and (arguments := self._value(step.arguments)) is not step.arguments:
            changes["arguments"] = arguments
        return msgspec.structs.replace(step, **changes) if changes else step

    def _fields(self, value: msgspec.Struct, counted: str, counts: Counter[str]) -> dict[str, str]:
        """Return the fields of *value* that change, with their new texts; count replacements in *counted* only."""
        fields = texts_of(value)
        if not self._people and self._search.bare.issuperset(fields.values()):
            return {}
        order = sorted(fields, key=lambda name: name != counted)
        found = {name: self._field(name, fields[name], counts if name == counted else None) for name in order}
        return {name: new for name, new in found.items() if new != fields[name]}

    def _field(self, name: str, text: str, counts: Counter[str] | None) -> str:
        if name in IDS:
            return digest(text) if self._find(text) else text
        return self._text(text, counts)

    def _find(self, text: str) -> tuple[RedactionMatch, ...]:
        found = self._search.find(text)
        if found:
            self._met.update(text[item.start : item.end] for item in found if item.rule == _NAMED)
        again = [
            *self._search.find_again(text, self._secrets),
            *(occurrences(text, self._people) if self._people else ()),
        ]
        return apart([*found, *again]) if again else found

    def _text(self, text: str, counts: Counter[str] | None = None) -> str:
        found = self._find(text)
        if not found:
            return text
        if counts is not None:
            counts.update(item.rule for item in found)
        return replaced(text, found, lambda item: self._placeholder(item.label, text[item.start : item.end]))

    def _placeholder(self, label: str, value: str) -> str:
        if label == HOME:
            return HOME
        if value not in self._numbers:
            self._sizes[label] += 1
            self._numbers[value] = f"<{label}_{self._sizes[label]}>"
        return self._numbers[value]

    def _value(self, value: object, key: str = "") -> object:
        """Return *value* with every string in it cleaned; the same object if nothing had to change."""
        if isinstance(value, str):
            return self._leaf(value, key)
        if isinstance(value, int) and not isinstance(value, bool) and len(str(value)) >= _KEPT_DIGITS:
            return value if (new := self._text(str(value))) == str(value) else new
        if isinstance(value, list):
            items = [self._value(item, key) for item in value]
            return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
        if not isinstance(value, dict):
            return value
        pairs = {self._text(name): self._value(item, name) for name, item in value.items()}
        same = all(name in pairs and pairs[name] is item for name, item in value.items())
        return value if same else pairs

    def _leaf(self, value: str, key: str) -> str:
        """Return the string under *key* cleaned, searched as the assignment ``key="value"`` and otherwise as it is."""
        before = f'{key}="'
        inside = [
            item
            for item in self._find(f'{before}{value}"')
            if item.start >= len(before) and item.end <= len(before) + len(value)
        ]
        if not inside:
            return value if (new := self._text(value)) == value else new
        parts, at = [], 0
        for item in inside:
            start, end = item.start - len(before), item.end - len(before)
            parts += [value[at:start], self._placeholder(item.label, value[start:end])]
            at = end
        return "".join([*parts, value[at:]])
