"""The frames in which the Rust program and this process speak with each other.

They go in both directions over the standard streams, little-endian:

    u32 length of header   JSON header   u64 length of body   body
"""

import json
import os
import struct
import threading


class Frames:
    """The two streams of frames. Whatever else the process prints goes to stderr."""

    def __init__(self):
        self.incoming = os.fdopen(os.dup(0), "rb", 1 << 18)
        self.outgoing = os.fdopen(os.dup(1), "wb", 1 << 18)
        os.dup2(2, 1)
        self.lock = threading.Lock()

    def send(self, kind, body=(), **header):
        header = json.dumps(dict(header, kind=kind)).encode()
        with self.lock:
            try:
                self.outgoing.write(struct.pack("<I", len(header)))
                self.outgoing.write(header)
                self.outgoing.write(struct.pack("<Q", sum(memoryview(part).nbytes for part in body)))
                for part in body:
                    self.outgoing.write(part)
                self.outgoing.flush()
            except BrokenPipeError:
                pass  # the Rust side has ended, so the input ends too

    def receive(self):
        """The next header and body; (None, None) at the end."""
        length = self.incoming.read(4)
        if len(length) < 4:
            return None, None
        header = json.loads(self.incoming.read(struct.unpack("<I", length)[0]))
        (length,) = struct.unpack("<Q", self.incoming.read(8))
        return header, self.incoming.read(length)
