"""A fake secret for every rule of gitleaks, made from the rule's own expression, and the disguises it turns up in."""

import base64
import json
import random
from collections.abc import Callable
from urllib.parse import quote

import re2

from t2s_local.safety.redaction.checks import entropy
from t2s_local.safety.redaction.rules import RedactionRule, gitleaks_rules
from tests.sampler import sample
from tests.seeded import Seed

_TRIES = 400


def leaked() -> list[Seed]:
    """One value a rule, the same at every call."""
    dice = random.Random(20260419)
    return [_example(rule, dice) for rule in gitleaks_rules()]


def _example(rule: RedactionRule, dice: random.Random) -> Seed:
    expression = re2.compile(rule.regex)
    for _ in range(_TRIES):
        text = sample(rule.regex, dice)
        match = expression.search(text)
        if match is None:
            continue
        secret = match.group(rule.group or next((at for at, value in enumerate(match.groups(), 1) if value), 0)).strip()
        allowed = rule.allowed is not None and rule.allowed.applies(text, match.span(), secret)
        if not allowed and entropy(secret) > (rule.entropy or 0.0):
            word = "" if any(word in text.lower() for word in rule.keywords) else f"# {rule.keywords[0]}\n"
            return Seed(rule.id, f"{word}{text}\n", (secret,))
    raise AssertionError(rule.id)


def _quoted(text: str) -> str:
    return json.dumps(text)[1:-1]


def _in_json(seed: Seed) -> Seed:
    return Seed(seed.rule, f'{{"note": "{_quoted(seed.text)}"}}', (_quoted(seed.secrets[0]),))


def _in_json_in_json(seed: Seed) -> Seed:
    return Seed(seed.rule, f'"{_quoted(_in_json(seed).text)}"', (_quoted(_quoted(seed.secrets[0])),))


def _percent(seed: Seed) -> Seed:
    return Seed(seed.rule, f"GET /x?q={quote(seed.text, safe='')} HTTP", (quote(seed.secrets[0], safe=""),))


def _base64(seed: Seed) -> Seed:
    encoded = base64.b64encode(f"the value is {seed.text} and no other".encode()).decode()
    return Seed(seed.rule, f"blob {encoded} end", (encoded,))


def _split(joint: str) -> Callable[[Seed], Seed]:
    def disguise(seed: Seed) -> Seed:
        (value,) = seed.secrets
        first, second = value[: len(value) // 2], value[len(value) // 2 :]
        return Seed(seed.rule, seed.text.replace(value, f"{first}{joint}{second}"), (second,))

    return disguise


DISGUISES: dict[str, Callable[[Seed], Seed]] = {
    "in a JSON string": _in_json,
    "in JSON in JSON": _in_json_in_json,
    "percent-encoded": _percent,
    "in base64": _base64,
    "over two lines of a shell command": _split("\\\n"),
    "in two strings": _split('"\n    "'),
    "in a sum of strings": _split("' +\n  '"),
}


def disguised() -> list[Seed]:
    """Every value of :func:`leaked` in one disguise, in turn."""
    ways = tuple(DISGUISES.values())
    return [ways[number % len(ways)](seed) for number, seed in enumerate(leaked())]
