"""Parts of the llama.cpp engine: the worker process, its scheduler, grammars and chat templates.

A *worker* is a process that runs the model, by a *plan* of sizes and placement. A *slot* is one of the sequences that a
worker evaluates in parallel. A *prefix* is the start of a prompt that many requests share.
"""
