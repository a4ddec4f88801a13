"""Trial load of one model by llama.cpp in a separate process, which a broken file may crash; no weights are read.

Only llama.cpp knows which architectures and vocabularies the installed build can run.
"""

import ctypes
import json
import os
import sys

from t2s_local.offline import seal

_ERROR_LEVEL = 4
_PREFIX = "error loading model: "


def main() -> None:
    """Try the file named on the command line, and print as JSON the reason why it cannot be run, or null."""
    seal()
    sys.stdout.write(json.dumps(_reason(sys.argv[1])))
    sys.stdout.flush()
    os._exit(0)


def _reason(path: str) -> str | None:
    import llama_cpp

    said: list[str] = []

    def keep(level: int, text: bytes, _: object) -> None:
        if level == _ERROR_LEVEL and text.strip():
            said.append(text.decode("utf-8", "replace").strip())

    callback = llama_cpp.llama_log_callback(keep)
    llama_cpp.llama_log_set(callback, ctypes.c_void_p())
    params = llama_cpp.llama_model_default_params()
    params.n_gpu_layers = 0
    params.load_mode, params.no_alloc = llama_cpp.LLAMA_LOAD_MODE_NONE, True  # tensors are checked and not read
    model = llama_cpp.llama_model_load_from_file(os.fsencode(path), params)
    if not model:
        return said[0].partition(_PREFIX)[2] or said[0] if said else "llama.cpp refuses it without a reason"
    if llama_cpp.llama_model_has_encoder(model) or not llama_cpp.llama_model_has_decoder(model):
        return "it is an encoder, or begins with one: it does not go on with a text"
    if llama_cpp.llama_model_is_diffusion(model):
        return "it writes a whole text at once, and no answer under a grammar"
    return None


if __name__ == "__main__":
    main()
