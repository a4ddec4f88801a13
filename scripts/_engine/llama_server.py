"""A llama.cpp server with one model, on a free port of the loopback, until its input ends; its address is printed.

Run by the interpreter that has the package xllamacpp: ``llama_server.py MODEL CONTEXT SLOTS THREADS``.
"""

import sys

import xllamacpp


def main() -> None:
    """Serve the model that the command line names as ``small``."""
    path, context, slots, threads = sys.argv[1], *map(int, sys.argv[2:])
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {"small"}
    params.n_parallel = slots
    params.n_ctx = slots * context
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.cpuparams.poll = params.cpuparams_batch.poll = (
        0  # threads that spin while they wait starve on a busy machine
    )
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.verbosity = -1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
