"""Files, pictures and other bytes inside messages and results are left out; the words beside them are not."""

import base64
import json
from pathlib import Path

import pytest

from t2s_local.formats._dialects.blocks import content_text, json_text
from tests.agents_logs import answer, asked, claude, codex, wanted
from tests.readings import read_as, told

BYTES = base64.b64encode(bytes(range(256)) * 8).decode()
TASK = "Read the page"
BLOCKS: dict[str, object] = {
    "document": {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": BYTES}},
    "linked document": {"type": "document", "source": {"type": "url", "url": "https://example.org/a.pdf"}},
    "resource": {"type": "resource", "resource": {"uri": "shot://1", "mimeType": "image/png", "blob": BYTES}},
    "file": {"type": "input_file", "filename": "a.pdf", "file_data": f"data:application/pdf;base64,{BYTES}"},
    "named file": {"type": "input_file", "file_id": "file-1"},
    "screenshot": {"type": "computer_screenshot", "image_url": f"data:image/png;base64,{BYTES}"},
    "nobody's": {"type": "x-scan", "page": 1, "payload": {"raw": BYTES}},
    "thought": {"type": "encrypted_content", "encrypted_content": "short"},
    "address": f"data:image/png;base64,{BYTES}",
}


@pytest.mark.parametrize("name", BLOCKS)
def test_bytes_in_a_message_are_no_words(name: str) -> None:
    assert content_text([BLOCKS[name], {"type": "text", "text": TASK}]) == TASK


@pytest.mark.parametrize("name", [name for name in BLOCKS if name != "address"])
def test_the_task_is_the_text_beside_a_file(name: str, tmp_path: Path) -> None:
    content = [BLOCKS[name], {"type": "text", "text": TASK}]
    lines = claude(("user", content), asked("ls", "t1"), answer("a", "t1"))
    assert read_as(tmp_path, lines, name="a.jsonl").task == TASK
    item = {"type": "message", "role": "user", "content": [BLOCKS[name], {"type": "input_text", "text": TASK}]}
    assert read_as(tmp_path, codex(item, wanted("and count")), name="b.jsonl").task == TASK
    messages = [{"role": "user", "content": content}, {"role": "assistant", "content": "Read."}]
    assert read_as(tmp_path, {"messages": messages}, name="c.json").task == TASK


@pytest.mark.parametrize(
    "block",
    [
        {"type": "resource", "resource": {"uri": "note://1", "mimeType": "text/plain", "text": TASK}},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": TASK}},
        {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": TASK}]}},
    ],
)
def test_text_inside_a_file_or_a_resource_is_read(block: object) -> None:
    assert content_text([block]) == TASK


def test_what_an_object_says_beside_bytes_stays() -> None:
    assert json.loads(json_text({"page": "docs", "png": BYTES, "all": [BYTES, 1]})) == {"page": "docs", "all": [1]}


def test_digests_and_long_words_are_not_taken_for_bytes() -> None:
    digest = "0f" * 32
    assert digest in json_text({"sha256": digest, "text": "a b " * 100})


def test_a_picture_that_gemini_returned_leaves_no_bytes(tmp_path: Path) -> None:
    response = {"functionResponse": {"id": "c", "name": "shot", "response": {"page": "docs", "png": BYTES}}}
    messages = [
        {"role": "user", "parts": [{"text": TASK}]},
        {"role": "model", "parts": [{"functionCall": {"id": "c", "name": "shot", "args": {}}}]},
        {"role": "user", "parts": [response]},
    ]
    assert told(read_as(tmp_path, messages))[-1] == 'tool_result: {"page":"docs"}'
