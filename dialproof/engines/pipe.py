"""Messages over a pipe between the pool and its workers: a length, then the pickled message."""

import pickle
import struct
from typing import IO

_LENGTH = struct.Struct(">Q")


def send(stream: IO[bytes], message: object) -> None:
    """Write `message` with its length before it."""
    data = pickle.dumps(message)
    rest = memoryview(_LENGTH.pack(len(data)) + data)
    while rest:  # an unbuffered stream may take a part at a time
        rest = rest[stream.write(rest) :]
    stream.flush()


def receive(stream: IO[bytes]) -> object:
    """Read what `send` wrote. Raises EOFError where the other side is gone."""
    return pickle.loads(_exactly(stream, _LENGTH.unpack(_exactly(stream, _LENGTH.size))[0]))  # noqa: S301  # our own pipe


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = stream.read(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data
