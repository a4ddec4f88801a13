"""A small model server of our own, for the faults that a real one does not show on demand."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

Fields = dict[str, Any]


class Asked(NamedTuple):
    """A call as it arrived."""

    path: str
    body: Fields
    headers: dict[str, str]


class Raw(NamedTuple):
    """An answer that is sent as it stands."""

    data: bytes
    status: int = 200
    kind: str = "application/json"
    claimed: int | None = None
    """Length that is claimed for it; None is the true one."""
    location: str | None = None


class Hang(NamedTuple):
    """No answer, for so many seconds."""

    seconds: float


class Drip(NamedTuple):
    """An answer that goes on and on."""


Answer = Fields | Raw | Hang | Drip
Route = Callable[[Fields], Answer]


class ModelServer(ThreadingHTTPServer):
    """Answers chat calls as a model that obeys a JSON schema would, and whatever a test puts in place of that."""

    daemon_threads = True

    def __init__(self, *, context: int = 8192, routes: dict[str, Route] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.context = context
        self.cuts = False
        """Whether what is too long is cut short, not refused."""
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self.under_way = 0
        self.guard = threading.Lock()
        self.routes: dict[str, Route] = {
            "/v1/models": lambda _: {"data": [{"id": "small", "size": 491, "max_model_len": context}]},
            "/v1/chat/completions": self.chat,
            **(routes or {}),
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def questions(self) -> list[Asked]:
        """The calls of the chat route that are no probes."""
        chats = [one for one in self.asked if one.path == "/v1/chat/completions"]
        return [
            one for one in chats if "larger, 3 or 5" not in text_of(one.body) and " one one" not in text_of(one.body)
        ]

    def chat(self, body: Fields) -> Answer:
        """Answer as asked: under a schema with the first choice of every field."""
        n = sum(len(message["content"].split()) for message in body["messages"])
        if n > self.context and not self.cuts:
            return Raw(json.dumps({"error": {"message": f"{n} tokens exceed {self.context}"}}).encode(), 400)
        schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
        return said(_obeying(schema) if schema else "I do not know.", n_prompt=min(n, self.context))


def said(text: str, *, n_prompt: int | None = 100, finish: str = "stop", thought: str | None = None) -> Fields:
    """A whole answer of the chat route."""
    message = {"role": "assistant", "content": text, "reasoning_content": thought}
    usage = {} if n_prompt is None else {"usage": {"prompt_tokens": n_prompt, "completion_tokens": len(text.split())}}
    return {"choices": [{"index": 0, "message": message, "finish_reason": finish}], **usage}


def text_of(body: Fields) -> str:
    """All words of a question."""
    return "\n".join(message["content"] for message in body["messages"])


@contextmanager
def serving(server: ModelServer) -> Iterator[ModelServer]:
    """Serve while the block runs."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _obeying(schema: Fields) -> str:
    first = {
        name: field["enum"][0] if "enum" in field else "some words of mine"
        for name, field in schema["properties"].items()
    }
    return json.dumps(first)


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: Fields) -> None:
        here = self.server
        with here.guard:
            here.under_way += 1
            here.most_at_once = max(here.most_at_once, here.under_way)
            here.asked.append(Asked(self.path, body, dict(self.headers)))
        try:
            route = here.routes.get(self.path)
            answer = Raw(b'{"error": "no such call"}', 404) if route is None else route(body)
        finally:
            with here.guard:
                here.under_way -= 1
        with suppress(BrokenPipeError, ConnectionResetError):
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        if isinstance(answer, Hang):
            time.sleep(answer.seconds)
            return
        if isinstance(answer, Drip):
            self._drip()
            return
        raw = answer if isinstance(answer, Raw) else Raw(json.dumps(answer).encode())
        self.send_response(raw.status)
        self.send_header("Content-Type", raw.kind)
        self.send_header("Content-Length", str(len(raw.data) if raw.claimed is None else raw.claimed))
        if raw.location is not None:
            self.send_header("Location", raw.location)
        self.end_headers()
        self.wfile.write(raw.data)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        for _ in range(10_000):
            self.wfile.write(b" " * 4096)

    def log_message(self, format: str, *args: object) -> None:  # the name is http.server's
        """Say nothing."""
