"""Parse a shell line for the judgement of actions, with variables substituted and the lines it passes to shells."""

from t2s_local.safety.actions.shell.expand import expanded
from t2s_local.safety.actions.shell.handed import scripts_in
from t2s_local.text.shell import shell
from t2s_local.text.shell.shell import Parsed


def parse(text: str) -> Parsed:
    """Parse a shell line, with its variables substituted and the lines that it passes to shells included."""
    return shell.parse(expanded(text), handed_on=scripts_in)
