"""Renderer of one chat template: a separate process with little memory and little time.

The template comes from a downloaded file. Python itself allocates memory for the texts that a template multiplies or
pads, so only a limit of the operating system can bound it. Input and output are JSON on standard input and output.
"""

import json
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from types import FrameType

_THINKING_OFF = {"enable_thinking": False, "thinking": False, "thinking_budget": 0, "reasoning_effort": "low"}
"""Template variables that switch reasoning off, as Qwen, Granite, GLM, DeepSeek, Seed and Harmony read them."""
_LONGEST = 1 << 20
"""Most characters that a template may write around two markers; the largest known template writes 4,000."""
_MOST_LINES = 1_000_000
"""Most lines of Python that a template may run: about a second."""
_TODAY = date(2026, 1, 1)
"""Date for templates that print the day: the same request has the same words on every day."""
_MEMORY = 512 << 20
"""Address space in bytes; the interpreter and Jinja need a third of it."""
_SECONDS = 3
"""Limit of processor time in seconds."""


def main() -> None:
    """Render the template given on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    asked = json.loads(sys.stdin.read())
    try:
        answer = {"text": _render(asked["template"], asked["messages"], start=asked["start"], end=asked["end"])}
    except _template_errors() as error:
        answer = {"error": str(error)[:1000] or type(error).__name__}
    sys.stdout.write(json.dumps(answer))


def _template_errors() -> tuple[type[Exception], ...]:
    import jinja2

    return (
        jinja2.TemplateError,
        TypeError,
        ValueError,
        LookupError,
        AttributeError,
        ArithmeticError,
        MemoryError,
        RecursionError,
    )


def _render(template: str, messages: list[dict[str, str]], *, start: str, end: str) -> str:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(message: str) -> None:
        raise jinja2.TemplateError(message)

    class Bounded(ImmutableSandboxedEnvironment):
        """Jinja environment that refuses operators with which a template could build very long texts."""

        intercepted_binops = frozenset(("*", "**", "%"))

        def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
            is_number = operator != "**" and isinstance(left, int) and isinstance(right, int)
            is_filled_in = operator == "%" and isinstance(left, str) and not any(map(str.isdigit, left))
            if not (is_number or is_filled_in):
                refuse(f"it calculates with {operator}")
            return super().call_binop(context, operator, left, right)  # type: ignore[arg-type]  # jinja's own context

    environment = Bounded(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
    environment.globals |= {"raise_exception": refuse, "strftime_now": _TODAY.strftime}
    pieces = environment.from_string(template).generate(
        messages=messages, add_generation_prompt=True, bos_token=start, eos_token=end, **_THINKING_OFF
    )
    with _bounded(lambda: refuse("it goes on and on")):
        text, size = [], 0
        for piece in pieces:
            text.append(piece)
            size += len(piece)
            if size > _LONGEST:
                refuse("it writes without end")
    return "".join(text)


@contextmanager
def _bounded(give_up: Callable[[], None]) -> Iterator[None]:
    """Count the lines of Python that run inside, and call *give_up* when they are too many for a template."""
    before = sys.gettrace()
    left = _MOST_LINES

    def count(_frame: FrameType, event: str, _argument: object) -> object:
        nonlocal left
        left -= event == "line"
        if left < 0:
            give_up()
        return count

    sys.settrace(count)  # type: ignore[arg-type]  # a tracer may return itself
    try:
        yield
    finally:
        sys.settrace(before)


if __name__ == "__main__":
    main()
