"""Messages between the driver and its actors, in MessagePack, so that values are equal on all machines."""

from collections.abc import Iterator, Sequence

import msgspec

from t2s_local.values.lesson import Extraction, Unit
from t2s_local.values.trajectory import Slice, Trajectory
from t2s_local.values.value import Value


class Parcel(Value, frozen=True, kw_only=True):
    """Units of work that are sent to an actor together."""

    units: tuple[Unit, ...]
    """The units; the trajectories in their slices have no steps."""
    trajectories: tuple[Trajectory, ...]
    """The trajectories of all slices with their steps, each once."""


class ParcelReply(Value, frozen=True, kw_only=True):
    """Result of a parcel."""

    found: tuple[tuple[str, Extraction], ...] = ()
    """Ids of the units, each with its extraction."""
    failure: tuple[str, str | None] | None = None
    """Message and hint of an error that a repetition would not correct; None without an error."""


_PARCEL = msgspec.msgpack.Decoder(Parcel)
_REPLY = msgspec.msgpack.Decoder(ParcelReply)
_ENCODER = msgspec.msgpack.Encoder()


def pack(units: Sequence[Unit]) -> bytes:
    """Encode *units* with all the steps that they need, each trajectory once."""
    whole: dict[str, Trajectory] = {}
    return _ENCODER.encode(
        Parcel(units=tuple(_lightened(unit, whole) for unit in units), trajectories=tuple(whole.values()))
    )


def unpack(data: bytes) -> Iterator[Unit]:
    """Yield the units that :func:`pack` encoded, with their steps."""
    parcel = _PARCEL.decode(data)
    whole = {run.id: run for run in parcel.trajectories}
    for unit in parcel.units:
        slices = tuple(msgspec.structs.replace(piece, trajectory=whole[piece.trajectory.id]) for piece in unit.slices)
        yield msgspec.structs.replace(unit, slices=slices)


def answer(reply: ParcelReply) -> bytes:
    """Encode a reply."""
    return _ENCODER.encode(reply)


def read_answer(data: bytes) -> ParcelReply:
    """Decode a reply that :func:`answer` encoded."""
    return _REPLY.decode(data)


def _lightened(unit: Unit, whole: dict[str, Trajectory]) -> Unit:
    slices: list[Slice] = []
    for piece in unit.slices:
        run = whole.setdefault(piece.trajectory.id, piece.trajectory)
        slices.append(msgspec.structs.replace(piece, trajectory=msgspec.structs.replace(run, steps=())))
    return msgspec.structs.replace(unit, slices=tuple(slices))
