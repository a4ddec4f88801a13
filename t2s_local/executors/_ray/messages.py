"""Messages between the driver and its actors: MessagePack, so that a value is the same wherever it was made."""

from collections.abc import Iterator, Sequence

import msgspec

from t2s_local.values.lesson import Extraction, Unit
from t2s_local.values.trajectory import Slice, Trajectory
from t2s_local.values.value import Value


class Parcel(Value, frozen=True, kw_only=True):
    """Units that are worked on together."""

    units: tuple[Unit, ...]
    """Their slices are without steps."""
    trajectories: tuple[Trajectory, ...]
    """Whole, each once, however many slices it has."""


class ParcelReply(Value, frozen=True, kw_only=True):
    """Result of a parcel."""

    found: tuple[tuple[str, Extraction], ...] = ()
    """Unit ids, and what was made of them."""
    failure: tuple[str, str | None] | None = None
    """Message and hint of an error that trying again would not mend."""


_PARCEL = msgspec.msgpack.Decoder(Parcel)
_REPLY = msgspec.msgpack.Decoder(ParcelReply)
_ENCODER = msgspec.msgpack.Encoder()


def pack(units: Sequence[Unit]) -> bytes:
    """*units* with all the steps they need."""
    whole: dict[str, Trajectory] = {}
    return _ENCODER.encode(
        Parcel(units=tuple(_lightened(unit, whole) for unit in units), trajectories=tuple(whole.values()))
    )


def unpack(data: bytes) -> Iterator[Unit]:
    """The units that were packed, whole again."""
    parcel = _PARCEL.decode(data)
    whole = {run.id: run for run in parcel.trajectories}
    for unit in parcel.units:
        slices = tuple(msgspec.structs.replace(piece, trajectory=whole[piece.trajectory.id]) for piece in unit.slices)
        yield msgspec.structs.replace(unit, slices=slices)


def answer(reply: ParcelReply) -> bytes:
    """A reply as bytes."""
    return _ENCODER.encode(reply)


def read_answer(data: bytes) -> ParcelReply:
    """The reply that was sent."""
    return _REPLY.decode(data)


def _lightened(unit: Unit, whole: dict[str, Trajectory]) -> Unit:
    slices: list[Slice] = []
    for piece in unit.slices:
        run = whole.setdefault(piece.trajectory.id, piece.trajectory)
        slices.append(msgspec.structs.replace(piece, trajectory=msgspec.structs.replace(run, steps=())))
    return msgspec.structs.replace(unit, slices=tuple(slices))
