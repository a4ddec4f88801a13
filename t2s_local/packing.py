"""Encode trajectories as bytes, for the store and for messages of worker processes."""

import msgspec
import zstandard

from t2s_local.values.trajectory import Trajectory, with_label

_PACK = zstandard.ZstdCompressor(level=1).compress
_UNPACK = zstandard.ZstdDecompressor().decompress


def packed(run: Trajectory) -> bytes:
    """Encode *run* as compressed MessagePack."""
    return _PACK(msgspec.msgpack.encode(run))


def unpacked(data: bytes) -> Trajectory:
    """Decode a trajectory that :func:`packed` encoded, in this version or an earlier one.

    Raises:
        msgspec.DecodeError: the bytes are no trajectory.
    """
    plain = _UNPACK(data)
    try:
        return msgspec.msgpack.decode(plain, type=Trajectory)
    except msgspec.ValidationError:
        return msgspec.convert(with_label(msgspec.msgpack.decode(plain, type=dict[str, object])), Trajectory)
