"""Find names of people in prose: the optional rule behind ``--redact-names``.

The rule knows the given and family names in the lists of Faker (the extra ``pii``): about 8,000 of each from nineteen
countries, in Latin letters. It finds a given name followed by a family name of these lists, both with a capital
letter. It does not find a given name alone, a rare name, a nickname, or a name in other letters or without capitals.
"""

from functools import cache
from importlib import import_module
from typing import Any

import re2

from t2s_local.errors import UsageError
from t2s_local.extras import command_for
from t2s_local.safety.redaction.rules import RedactionRule

ID = "person-name"
_COUNTRIES = (
    *("en_US", "en_GB", "en_IN", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "pt_BR", "sv_SE", "da_DK"),
    *("fi_FI", "cs_CZ", "tr_TR", "hu_HU", "ro_RO", "hr_HR", "id_ID"),
)
_GIVEN = ("first_names", "first_names_male", "first_names_female")
_FAMILY = ("last_names", "last_names_male", "last_names_female")
_BETWEEN = r"(?:(?: \p{Lu}\.| van| von| de| da| di| der| den| del| la| le){0,2} )"


@cache
def person_rule() -> RedactionRule:
    """Return the rule that finds names of people.

    Raises:
        UsageError: the lists of names are not installed.
    """
    try:
        lists = [import_module(f"faker.providers.person.{country}").Provider for country in _COUNTRIES]
    except ImportError as error:
        message = "--redact-names needs lists of names, which are not installed"
        raise UsageError(message, hint=command_for("pii")) from error
    given, family = (_names(lists, kinds) for kinds in (_GIVEN, _FAMILY))
    regex = f"(?:{_any(given)}){_BETWEEN}(?:{_any(family)})"
    return RedactionRule(
        id=ID, label="PERSON", regex=regex, triggers=(r"\p{Lu}\p{Ll}+\.? \S",), fence="", memory=256 << 20
    )


def _names(lists: list[Any], kinds: tuple[str, ...]) -> list[str]:
    found = {name for source in lists for kind in kinds for name in getattr(source, kind, ())}
    return sorted((name for name in found if len(name) > 1 and name[0].isupper()), key=lambda name: (-len(name), name))


def _any(names: list[str]) -> str:
    return "|".join(map(re2.escape, names))
