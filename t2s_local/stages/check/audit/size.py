"""Audit rules on length: bodies too long to be read whole each time, and orders without content."""

from collections.abc import Iterable

from t2s_local.errors import InputError
from t2s_local.skills.rulebook import Hit
from t2s_local.skills.rules_files import MOST_TOKENS, estimated_tokens
from t2s_local.skills.source import MAIN
from t2s_local.stages.check.audit.case import AuditCase, AuditChapter
from t2s_local.stages.check.audit.items import LINK_ALONE
from t2s_local.stages.check.audit.overfit.claims import FORBIDS
from t2s_local.stages.check.audit.statements import is_about_use
from t2s_local.text.mentions import is_empty
from t2s_local.text.text import clip

CHAPTER = AuditChapter()
LONG = MOST_TOKENS // 2
"""Number of tokens above which a body is long: half of the format's limit."""


@CHAPTER.rule("long", "warning", f"The body has at most {LONG:,} tokens, half of what the format allows.")
def long(case: AuditCase) -> Iterable[Hit]:
    """Estimate the tokens of the body."""
    if not isinstance(case.source.document, InputError):
        tokens = estimated_tokens(case.source.document.body)
        if LONG < tokens < MOST_TOKENS:
            yield Hit(MAIN, case.source.document.body_line, f"about {tokens:,} tokens, read whole each time it is used")


@CHAPTER.rule("empty-order", "warning", "Every sentence in a list says something one could do.")
def empty_order(case: AuditCase) -> Iterable[Hit]:
    """Look for list items that contain only words which fit any work."""
    for item in case.items:
        is_sentence = item.text.endswith((".", "!")) and "“" not in item.text
        is_order = is_sentence and not is_about_use(item.section) and not LINK_ALONE.match(item.text)
        if is_order and not FORBIDS.search(item.text) and is_empty(item.text, known=[item.text]):
            yield Hit(MAIN, item.line, f"{clip(item.text, 60)!r} tells an agent nothing")
