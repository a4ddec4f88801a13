"""Python wrappers of llama.cpp's low-level calls: a model, and a context of several sequences.

Only the worker process uses them: a bad file or too little memory ends the process without a Python exception.
"""

import ctypes
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from t2s_local.engines._llamacpp.batch import Batch
from t2s_local.engines._llamacpp.constraints.grammar import Vocabulary
from t2s_local.errors import ModelError
from t2s_local.weights.plan import Plan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class NoRoomError(ModelError):
    """Error for a plan that needs more memory than is free; a smaller plan may fit."""


_PIECE_BYTES = 256
_NO_TEXT = 1 << 0 | 1 << 1 | 1 << 3
"""Attributes of tokens that are not text: unknown, unused, control."""
_F16, _Q8_0, _BF16 = 1, 8, 30


class Model:
    """The weights and the vocabulary of one GGUF file."""

    def __init__(self, path: Path, plan: Plan, *, beat: Callable[[], None]) -> None:
        """Load *path*.

        Args:
            path: The file, whose header was checked before.
            plan: Placement of the layers, sizes and threads.
            beat: Called as often as llama.cpp reports progress.

        Raises:
            NoRoomError: loading failed, but may work with fewer layers on the GPU.
            ModelError: llama.cpp refuses the file, or there is not enough memory for it.
        """
        import llama_cpp

        self._api = llama_cpp
        self._log = _quiet(llama_cpp)
        llama_cpp.llama_backend_init()
        params = llama_cpp.llama_model_default_params()
        params.n_gpu_layers = plan.gpu_layers
        params.use_extra_bufts = not (plan.gpu_layers == 0 and _has(llama_cpp, "AVX512_VNNI"))

        def progress(*_: object) -> bool:
            beat()
            return True

        self._progress = llama_cpp.llama_progress_callback(progress)
        params.progress_callback = self._progress
        self.pointer = llama_cpp.llama_model_load_from_file(os.fsencode(path), params)
        if not self.pointer:
            message = f"llama.cpp cannot load it: {self._log.first or 'no reason given'}"
            raise NoRoomError(message) if plan.gpu_layers else ModelError(message)
        self.vocabulary = llama_cpp.llama_model_get_vocab(self.pointer)
        self.n_vocab = int(llama_cpp.llama_vocab_n_tokens(self.vocabulary))
        self.is_recurrent = bool(
            llama_cpp.llama_model_is_recurrent(self.pointer) or llama_cpp.llama_model_is_hybrid(self.pointer)
        )
        self._ends = frozenset(
            token for token in range(self.n_vocab) if llama_cpp.llama_vocab_is_eog(self.vocabulary, token)
        )
        self._buffer = ctypes.create_string_buffer(_PIECE_BYTES)

    @property
    def ends(self) -> frozenset[int]:
        """Ids of the tokens that end an answer."""
        return self._ends

    def tokens(self, text: str, *, special: bool = False, start: bool = False) -> list[int]:
        """Return the token ids of *text*.

        Args:
            text: Any text; lone surrogates become question marks.
            special: Whether text like ``<|im_end|>`` becomes the token of that name. Never true for a user's text.
            start: Whether *text* starts the input, so that the model's start token is put before it.
        """
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        buffer = (self._api.llama_token * room)()
        n = self._api.llama_tokenize(self.vocabulary, data, len(data), buffer, room, start, special)
        if n < 0:
            buffer = (self._api.llama_token * -n)()
            n = self._api.llama_tokenize(self.vocabulary, data, len(data), buffer, -n, start, special)
        return buffer[:n]

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """Return the bytes of *token*; empty for a special token unless *special*."""
        n = self._api.llama_token_to_piece(self.vocabulary, token, self._buffer, _PIECE_BYTES, 0, special)
        if n >= 0:
            return self._buffer.raw[:n]
        long = ctypes.create_string_buffer(-n)
        self._api.llama_token_to_piece(self.vocabulary, token, long, -n, 0, special)
        return long.raw

    def words(self) -> Vocabulary:
        """Return the whole vocabulary, for grammars."""
        attributes = [self._api.llama_vocab_get_attr(self.vocabulary, token) for token in range(self.n_vocab)]
        return Vocabulary(
            [self.piece(token, special=True) for token in range(self.n_vocab)],
            special=[token for token, attribute in enumerate(attributes) if attribute & _NO_TEXT],
            ends=sorted(self._ends),
            split=self.tokens,
        )

    def special(self, name: str) -> str:
        """Return the text of the ``bos`` or ``eos`` token; empty if the model has none."""
        token = getattr(self._api, f"llama_vocab_{name}")(self.vocabulary)
        return "" if token < 0 else self.piece(token, special=True).decode("utf-8", "replace")

    def template(self) -> str | None:
        """Return the chat template in the file; None if it has none."""
        found = self._api.llama_model_chat_template(self.pointer, None)
        return None if found is None else found.decode("utf-8", "replace")


class Context:
    """The key-value cache of several sequences of one model, and the calls that evaluate tokens in it."""

    def __init__(self, model: Model, plan: Plan) -> None:
        """Allocate the memory that *plan* states.

        Raises:
            NoRoomError: there is not enough memory.
        """
        import llama_cpp

        self._api = llama_cpp
        self.model = model
        self.size = plan.context
        self.n_sequences = plan.sequences
        self.native_seconds = 0.0
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = plan.context * plan.sequences
        params.n_seq_max = plan.sequences + plan.unified  # one extra sequence for shared prefixes
        params.n_batch = plan.batch + plan.rows
        params.n_ubatch = max(plan.block, plan.rows)
        params.n_outputs_max = max(plan.rows, min(plan.batch, SCORED_ROWS))
        params.n_threads = params.n_threads_batch = plan.threads
        params.kv_unified = plan.unified
        params.flash_attn_type = int(plan.flash)
        params.type_k = params.type_v = _Q8_0 if plan.cache == "q8_0" else _half(llama_cpp, plan)
        params.offload_kqv = plan.gpu_layers > 0
        params.no_perf = True
        self._pointer = llama_cpp.llama_init_from_model(model.pointer, params)
        if not self._pointer:
            message = f"no memory for {plan.context} tokens in {plan.sequences} sequences"
            raise NoRoomError(message)
        self._memory = llama_cpp.llama_get_memory(self._pointer)

    def decode(self, batch: Batch) -> None:
        """Evaluate the rows of *batch*.

        Raises:
            NoRoomError: llama.cpp reports that it could not evaluate them.
        """
        batch.struct.n_tokens = batch.n
        started = time.perf_counter()
        code = self._api.llama_decode(self._pointer, batch.struct)
        self.native_seconds += time.perf_counter() - started
        if code != 0:
            message = f"llama.cpp could not evaluate {batch.n} tokens (code {code})"
            raise NoRoomError(message)

    def logits(self, row: int) -> "NDArray[np.float32]":
        """Return the logits of a row of the last batch; valid until the next batch. Shape ``(n_vocab,)``."""
        import numpy as np

        started = time.perf_counter()
        pointer = self._api.llama_get_logits_ith(self._pointer, row)
        self.native_seconds += time.perf_counter() - started
        return np.ctypeslib.as_array(pointer, (self.model.n_vocab,))

    def forget(self, sequence: int) -> None:
        """Remove all tokens of *sequence*."""
        self._api.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def cut(self, sequence: int, place: int) -> None:
        """Remove the tokens of *sequence* from position *place* on."""
        self._api.llama_memory_seq_rm(self._memory, sequence, place, -1)

    def save(self, sequence: int) -> "ctypes.Array[ctypes.c_uint8]":
        """Return a copy of the state of *sequence*."""
        started = time.perf_counter()
        size = self._api.llama_state_seq_get_size(self._pointer, sequence)
        state = (ctypes.c_uint8 * size)()
        self._api.llama_state_seq_get_data(self._pointer, state, size, sequence)
        self.native_seconds += time.perf_counter() - started
        return state  # type: ignore[no-any-return]  # ctypes types the product as Any

    def restore(self, sequence: int, state: "ctypes.Array[ctypes.c_uint8]") -> None:
        """Replace the content of *sequence* by a saved *state*.

        Raises:
            ModelError: llama.cpp refuses the state.
        """
        started = time.perf_counter()
        taken = self._api.llama_state_seq_set_data(self._pointer, state, len(state), sequence)
        self.native_seconds += time.perf_counter() - started
        if not taken:
            message = "llama.cpp did not take back a saved prefix"
            raise ModelError(message)

    def share(self, source: int, target: int) -> None:
        """Let *target* use the tokens of *source* without a copy; works in a unified cache only."""
        self._api.llama_memory_seq_cp(self._memory, source, target, -1, -1)


SCORED_ROWS = 64
"""Most rows whose logits are kept at once when text is scored: 64 rows of a 150k vocabulary are 39 MB."""


def _half(api: ModuleType, plan: Plan) -> int:
    """Return the 16-bit type of the cache: bfloat16 if the CPU of this build multiplies it natively.

    On a CPU with AVX512-BF16 it makes prompts 13 % faster than half precision, and steps 5 % (decision 0404).
    """
    return _BF16 if plan.gpu_layers == 0 and _has(api, "AVX512_BF16") else _F16


def _has(api: ModuleType, feature: str) -> bool:
    """Return whether this build uses the instruction set *feature*.

    With AVX512-VNNI the kernels for weights in the order of the file are faster than those for weights that llama.cpp
    rearranges: 256 rows of a prompt need 0.73 s and 1.12 s. Other instruction sets were not measured (decision 0404).
    """
    return f"{feature} = 1".encode() in api.llama_print_system_info()


class _Log:
    """Keeper of the first error that llama.cpp logs; the errors after it say only that loading failed."""

    def __init__(self) -> None:
        self.first = ""


def _quiet(api: ModuleType) -> _Log:
    log = _Log()

    def keep(level: int, text: bytes, _: object) -> None:
        if level == _ERROR_LEVEL and text.strip():
            log.first = log.first or text.decode("utf-8", "replace").strip()

    _KEPT.append(api.llama_log_callback(keep))
    api.llama_log_set(_KEPT[-1], ctypes.c_void_p())
    return log


_ERROR_LEVEL = 4
_KEPT: list[object] = []
"""Callbacks that llama.cpp uses until the process ends, kept so that Python does not free them."""
