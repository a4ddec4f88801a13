"""Chat dialects: the marks that a family of models puts around messages, and how its reasoning is switched off.

A model's own template is used first. This table completes the start of an answer that a template leaves open, and
replaces templates in other languages than Jinja, such as Ollama's.
"""

import json
from collections.abc import Sequence

from t2s_local.values.value import Value


class Dialect(Value, frozen=True, kw_only=True):
    """Chat marks of one family of models."""

    name: str
    marks: tuple[str, ...]
    """Strings that a template of this dialect contains, all of them, in any template language."""
    system: tuple[str, str] | None
    """Text before and after the system message; None if the dialect has none and refuses a system message."""
    user: tuple[str, str]
    answer: str
    """Text that opens an answer without reasoning."""


DIALECTS = (
    Dialect(
        name="Harmony",
        marks=("<|start|>", "<|message|>", "<|channel|>"),
        system=("<|start|>developer<|message|># Instructions\n\n", "<|end|>"),
        user=("<|start|>user<|message|>", "<|end|>"),
        answer="<|start|>assistant<|channel|>final<|message|>",
    ),
    Dialect(
        name="Phi 4",
        marks=("<|im_start|>", "<|im_sep|>"),
        system=("<|im_start|>system<|im_sep|>", "<|im_end|>"),
        user=("<|im_start|>user<|im_sep|>", "<|im_end|>"),
        answer="<|im_start|>assistant<|im_sep|>",
    ),
    Dialect(
        name="ChatML",
        marks=("<|im_start|>", "<|im_end|>"),
        system=("<|im_start|>system\n", "<|im_end|>\n"),
        user=("<|im_start|>user\n", "<|im_end|>\n"),
        answer="<|im_start|>assistant\n",
    ),
    Dialect(
        name="Llama 3",
        marks=("<|start_header_id|>", "<|eot_id|>"),
        system=("<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>"),
        user=("<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"),
        answer="<|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
    Dialect(
        name="Gemma",
        marks=("<start_of_turn>", "<end_of_turn>"),
        system=None,
        user=("<start_of_turn>user\n", "<end_of_turn>\n"),
        answer="<start_of_turn>model\n",
    ),
    Dialect(
        name="Granite",
        marks=("<|start_of_role|>", "<|end_of_role|>"),
        system=("<|start_of_role|>system<|end_of_role|>", "<|end_of_text|>\n"),
        user=("<|start_of_role|>user<|end_of_role|>", "<|end_of_text|>\n"),
        answer="<|start_of_role|>assistant<|end_of_role|>",
    ),
    Dialect(
        name="DeepSeek",
        marks=("<｜User｜>", "<｜Assistant｜>"),
        system=("", ""),
        user=("<｜User｜>", ""),
        answer="<｜Assistant｜><think>\n\n</think>\n\n",
    ),
    Dialect(
        name="Phi 3",
        marks=("<|user|>", "<|assistant|>", "<|end|>"),
        system=("<|system|>\n", "<|end|>\n"),
        user=("<|user|>\n", "<|end|>\n"),
        answer="<|assistant|>\n",
    ),
    Dialect(
        name="Mistral",
        marks=("[INST]", "[/INST]"),
        system=None,
        user=("[INST] ", "[/INST]"),
        answer="",
    ),
)
"""Known dialects in the order they are tried: a dialect with marks of another one comes first."""

_THOUGHTS = (
    ("<think>", "\n\n</think>\n\n"),
    ("<thinking>", "\n\n</thinking>\n\n"),
    ("[THINK]", "[/THINK]"),
    ("<seed:think>", "</seed:think>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|channel>thought", "\n<channel|>"),
)
"""Marks that open a passage of reasoning, with the text that closes an empty one."""


def dialect_of(template: str) -> Dialect | None:
    """Return the dialect of a chat template in any template language; None if it is not in the table."""
    return next((one for one in DIALECTS if all(mark in template for mark in one.marks)), None)


def quietened(template: str, opening: str) -> str:
    """Complete the *opening* of an answer so that the model does not reason before it.

    Args:
        template: The chat template that wrote the opening.
        opening: Text that the template puts after the user's message.
    """
    bare = opening.rstrip()
    for mark, closing in _THOUGHTS:
        if bare.endswith(mark):
            return bare + closing
    dialect = dialect_of(template)
    role = "" if dialect is None or dialect.name != "Harmony" else "<|start|>assistant"
    if dialect is not None and role and bare.endswith(role):
        return bare + dialect.answer.removeprefix(role)
    return opening


def jinja_of(dialect: Dialect) -> str:
    """Return a chat template in Jinja for *dialect*."""
    turns = [("user", dialect.user)] if dialect.system is None else [("system", dialect.system), ("user", dialect.user)]
    refused = "" if dialect.system is not None else "{%- else %}{{- raise_exception('it has no system') }}"
    cases = "".join(_case(at, role, marks) for at, (role, marks) in enumerate(turns))
    opening = f"{{%- if add_generation_prompt %}}{{{{- {_text(dialect.answer)} }}}}{{%- endif %}}"
    turns_of_all = f"{{%- for message in messages %}}{cases}{refused}{{%- endif %}}{{%- endfor %}}"
    return f"{{{{- bos_token }}}}{turns_of_all}{opening}"


def _case(at: int, role: str, marks: Sequence[str]) -> str:
    before, after = map(_text, marks)
    word = "elif" if at else "if"
    return f"{{%- {word} message.role == '{role}' %}}{{{{- {before} + message.content + {after} }}}}"


def _text(text: str) -> str:
    """Return *text* as a Jinja string literal."""
    return json.dumps(text, ensure_ascii=False)
