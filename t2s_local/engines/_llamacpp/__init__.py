"""Parts of the llama.cpp engine: the worker process, its scheduler, grammars and chat templates."""
