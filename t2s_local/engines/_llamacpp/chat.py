"""Text that a model's chat template puts around the parts of a request.

The template comes from a downloaded file, so it is rendered in a sandbox by a separate process, with two markers in
place of the request's words. The text around the markers is the frame. Only the frame may contain special tokens: a
trajectory that contains ``<|im_end|>`` is plain text and ends nothing.
"""

import json
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import msgspec

from t2s_local.errors import ModelError
from t2s_local.values.value import Value
from t2s_local.weights.dialects import quietened

_SHARED = "T2S-SHARED-WORDS"
_OWN = "T2S-OWN-WORDS"
_PATIENCE = 20.0
"""Seconds that the rendering process may run, most of them for its start on a busy machine."""


class Frame(Value, frozen=True, kw_only=True):
    """Template text before, between and after the two parts of a request."""

    before: str
    between: str
    after: str


PLAIN = Frame(before="", between="\n\n", after="\n\n")
"""Frame for a model without a chat template."""


def frame(template: str | None, *, has_shared: bool, start: str, end: str) -> Frame:
    """Return the frame of a chat template, with reasoning switched off.

    Args:
        template: The Jinja template; None if the model has none.
        has_shared: Whether requests have a shared part, which becomes the system message if the template has one.
        start: Text of the model's start token.
        end: Text of its end token.

    Raises:
        ModelError: the template cannot be rendered, or its output lacks the words of the request.
    """
    if template is None:
        return PLAIN if has_shared else Frame(before="", between="", after="\n\n")
    both = f"{_SHARED}\n\n{_OWN}" if has_shared else _OWN
    wordings = [[{"role": "user", "content": both}]]
    if has_shared:
        system = {"role": "system", "content": _SHARED}
        wordings.insert(0, [system, {"role": "user", "content": _OWN}])
    reason = ""
    for messages in wordings:
        try:
            text = _rendered(template, json.dumps(messages), start, end)
        except _UnfitError as error:
            reason = str(error)
            continue
        if text.count(_OWN) == 1 and text.count(_SHARED) == int(has_shared):
            found = _split(text, has_shared=has_shared)
            return msgspec.structs.replace(found, after=quietened(template, found.after))
        reason = "it does not repeat the words it is given"
    message = f"the chat template cannot be used: {reason}"
    raise ModelError(message, hint="Give another one in the catalog, or take another file of this model.")


class _UnfitError(Exception):
    """Error for a template that cannot be rendered; the message is the reason."""


@lru_cache(maxsize=64)
def _rendered(template: str, messages: str, start: str, end: str) -> str:
    """Return *template* rendered by a separate process, with *messages* given as JSON.

    Raises:
        _UnfitError: rendering fails, needs too much memory or does not end.
    """
    asked = {"template": template, "messages": json.loads(messages), "start": start, "end": end}
    package = str(Path(__file__).parents[3])
    command = [sys.executable, "-P", "-m", "t2s_local.engines._llamacpp.sandbox.rendering"]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(asked).encode(),
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
            env={**os.environ, "PYTHONPATH": package},
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        message = "it goes on and on"
        raise _UnfitError(message) from error
    except (OSError, ValueError) as error:
        message = "it goes on and on, or needs too much memory"
        raise _UnfitError(message) from error
    if "text" not in answer:
        raise _UnfitError(answer.get("error", "it fails"))
    return str(answer["text"])


def _split(text: str, *, has_shared: bool) -> Frame:
    if not has_shared:
        before, _, after = text.partition(_OWN)
        return Frame(before=before, between="", after=after)
    before, _, rest = text.partition(_SHARED)
    between, _, after = rest.partition(_OWN)
    return Frame(before=before, between=between, after=after)
