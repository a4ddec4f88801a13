"""The actor of Ray Data that loads an analyst once and then answers parcels (batches of units of work)."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from t2s_local.errors import T2SError
from t2s_local.executors._ray.messages import ParcelReply, answer, unpack
from t2s_local.offline import admit, seal
from t2s_local.ports.analyst import Analyst


class RayActor:
    """Answers parcels with an analyst of its own."""

    def __init__(self, recipe: Callable[[], Analyst], version: str) -> None:
        """Load the analyst.

        Args:
            recipe: Function that makes the analyst; its model is loaded on the actor's machine.
            version: Version of the driver's analyst; an analyst of another version fails, as its lessons would differ.
        """
        import ray

        admit(Path(ray.__file__).parent)
        seal()
        self._analyst: Analyst | None = None
        self._failure: tuple[str, str | None] | None = None
        try:
            self._analyst = _made(recipe, version)
        except T2SError as error:
            self._failure = str(error), error.hint

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return the replies to the parcels in *batch*, with the parcels' numbers."""
        return {"number": batch["number"], "reply": [answer(self._answered(parcel)) for parcel in batch["parcel"]]}

    def _answered(self, parcel: bytes) -> ParcelReply:
        if self._analyst is None:
            return ParcelReply(failure=self._failure)
        try:
            return ParcelReply(found=tuple((unit.id, found) for unit, found in self._analyst.analyse(unpack(parcel))))
        except T2SError as error:
            return ParcelReply(failure=(str(error), error.hint))


def _made(recipe: Callable[[], Analyst], version: str) -> Analyst:
    analyst = recipe()
    if analyst.version != version:
        message = f"the analyst of {os.uname().nodename} is not the one of this machine"
        raise T2SError(message, hint="Install the same t2s-local and put the same model at the same path everywhere.")
    return analyst
