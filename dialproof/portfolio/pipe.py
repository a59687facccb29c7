"""Messages over a pipe between the pool and its workers: a length, then the message as bytes."""

import struct
from typing import IO

from dialproof.core.transfer import from_bytes, to_bytes

READY = "ready"
"""The first message of a worker, once it has imported what it needs."""

_LENGTH = struct.Struct(">Q")


def send(stream: IO[bytes], message: object) -> None:
    """Write `message` with its length before it."""
    data = to_bytes(message)
    rest = memoryview(_LENGTH.pack(len(data)) + data)
    while rest:  # an unbuffered stream may take a part at a time
        rest = rest[stream.write(rest) :]
    stream.flush()


def receive(stream: IO[bytes]) -> object:
    """Read what `send` wrote. Raises EOFError where the other side is gone."""
    return from_bytes(_exactly(stream, _LENGTH.unpack(_exactly(stream, _LENGTH.size))[0]))


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = stream.read(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data
