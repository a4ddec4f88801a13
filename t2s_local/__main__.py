"""``python -m t2s_local``: the same as the ``t2s`` command."""

from t2s_local.cli import main

main()
