"""Plans of how to decode the values of some files, and recognition of prose."""

from collections import Counter
from collections.abc import Iterator
from itertools import product

from t2s_local.formats._induced.leaves.leaves import (
    File,
    Plan,
    Survey,
    columns_of,
    maps_of,
    rows_of,
    surveyed,
)
from t2s_local.formats._induced.leaves.tags import tags_in
from t2s_local.formats._induced.leaves.trees import Pattern, as_json


def plans(tree: list[File], survey: Survey) -> Iterator[Plan]:
    """Yield different plans for decoding the values, the likeliest first."""
    columns = columns_of(survey)
    surveys = _Surveys(tree, survey)
    seen: list[Plan] = []
    for is_wide, sides, has_tags in product((False, True), [columns, {}] if columns else [{}], (True, False)):
        opened = _opened(survey, is_wide=is_wide)
        if opened:
            opened |= _opened(surveys.by(Plan(opened)), is_wide=is_wide)
        rows = rows_of(surveys.by(Plan(opened, sides)))
        inner = surveys.by(Plan(opened, sides, rows=rows))
        plan = Plan(opened, sides, tags_in(inner) if has_tags else {}, maps_of(inner), rows)
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
    n_said = sum(text.count(" ") + text.count("\n") > 0 and sum(map(str.isalpha, text)) > 3 for text in whole)
    return bool(whole) and n_said * 4 >= len(whole)


def _opened(survey: Survey, *, is_wide: bool) -> frozenset[Pattern]:
    """Return the patterns of texts that are all JSON, with similar keys unless *is_wide*."""
    found = set()
    for pattern, texts in survey.texts.items():
        inner = [value for text in texts if text.strip() and (value := as_json(text)) is not None]
        makes = Counter(tuple(value) for value in inner if isinstance(value, dict))
        is_whole = len(inner) >= 2 and len(inner) == sum(bool(text.strip()) for text in texts)
        if is_whole and (is_wide or len(makes) <= 2 or all(isinstance(value, list) for value in inner)):
            found.add(pattern)
    return frozenset(found)
