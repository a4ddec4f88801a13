"""Plans of how to decode the values of some files, and recognition of prose."""

from collections import Counter
from collections.abc import Iterator
from itertools import product

from t2s_local.formats._induced.leaves.leaves import File, Plan, Survey, surveyed
from t2s_local.formats._induced.leaves.surveys import columns_of, maps_of, rows_of
from t2s_local.formats._induced.leaves.tags import tags_in
from t2s_local.formats._induced.leaves.trees import Pattern, as_json

_UNSPACED = "\u2e80"
"""First character of the scripts that are written without spaces between words."""
_NO_TAGS, _WIDEST = -1, 2


def plans(tree: list[File], survey: Survey) -> Iterator[Plan]:
    """Yield different plans for decoding the values, the likeliest first."""
    columns = columns_of(survey)
    surveys = _Surveys(tree, survey)
    seen: list[Plan] = []
    breadths = (0, _NO_TAGS, *range(1, _WIDEST + 1))
    for breadth, is_wide, sides in product(breadths, (False, True), [columns, {}] if columns else [{}]):
        opened = _opened(survey, is_wide=is_wide)
        if opened:
            opened |= _opened(surveys.by(Plan(opened)), is_wide=is_wide)
        rows = rows_of(surveys.by(Plan(opened, sides)))
        inner = surveys.by(Plan(opened, sides, rows=rows))
        plan = Plan(opened, sides, {} if breadth == _NO_TAGS else tags_in(inner, breadth), maps_of(inner), rows)
        if plan.tags:
            tagged = surveyed(tree, plan)
            opened |= _opened(tagged, is_wide=is_wide)
            plan = plan._replace(opened=opened, rows=rows | rows_of(tagged))
        if plan not in seen:
            seen.append(plan)
            yield plan


class _Surveys:
    """Surveys of the same files under several plans without tags and maps, each made once."""

    def __init__(self, tree: list[File], plain: Survey) -> None:
        """Begin with *plain*, the survey of *tree* under the empty plan."""
        self._tree = tree
        self._known = {self._key(Plan()): plain}

    def by(self, plan: Plan) -> Survey:
        """Return the survey under *plan*."""
        key = self._key(plan)
        if key not in self._known:
            self._known[key] = surveyed(self._tree, plan)
        return self._known[key]

    @staticmethod
    def _key(plan: Plan) -> tuple[frozenset[Pattern], bool, frozenset[Pattern]]:
        return plan.opened, bool(plan.columns), plan.rows


def is_prose(texts: list[str]) -> bool:
    """Return whether texts are prose rather than names, ids or times: a quarter of them have several words."""
    whole = [text.strip() for text in texts if text.strip()]
    n_said = sum(_has_words(text) for text in whole)
    return bool(whole) and n_said * 4 >= len(whole)


def _has_words(text: str) -> bool:
    """Return whether a text has several words, also if they are written without spaces, as in Chinese."""
    return (" " in text and sum(map(str.isalpha, text)) > 3) or sum(sign >= _UNSPACED for sign in text) > 3


def _has_records(value: object) -> bool:
    """Return whether a value is a list of objects or lists."""
    return isinstance(value, list) and all(isinstance(one, dict | list) for one in value)


def _opened(survey: Survey, *, is_wide: bool) -> frozenset[Pattern]:
    """Return the patterns of texts that are all JSON, with similar keys unless *is_wide*."""
    found = set()
    for pattern, texts in survey.texts.items():
        inner = [value for text in texts if text.strip() and (value := as_json(text)) is not None]
        makes = Counter(tuple(value) for value in inner if isinstance(value, dict))
        is_whole = len(inner) >= 2 and len(inner) == sum(bool(text.strip()) for text in texts)
        is_alike = makes.total() == len(inner) and len(makes) <= 2
        if is_whole and (is_wide or is_alike or all(map(_has_records, inner))):
            found.add(pattern)
    return frozenset(found)
