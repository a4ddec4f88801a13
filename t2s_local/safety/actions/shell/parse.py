"""A shell line taken apart for judgement: with its variables put in, and all that it hands to shells."""

from t2s_local.safety.actions.shell.expand import expanded
from t2s_local.safety.actions.shell.handed import scripts_in
from t2s_local.text.shell import shell
from t2s_local.text.shell.shell import Parsed


def parse(text: str) -> Parsed:
    """Take a shell line apart."""
    return shell.parse(expanded(text), handed_on=scripts_in)
