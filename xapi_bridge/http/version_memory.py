"""Which version a client spoke last: a request in which it forgot the header is answered in the same."""

from collections import OrderedDict
from hashlib import blake2b
from threading import Lock

_MOST_CLIENTS = 1024


class VersionMemory:
    """Of this process and its latest clients only: it decides one header of a refusal and nothing else."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._versions: OrderedDict[bytes, str] = OrderedDict()

    def note(self, authorization: str | None, version: str) -> None:
        """Remembers what a client speaks; clients differ by their Authorization, which is kept as a hash."""
        if authorization is None:
            return
        client = _digest(authorization)
        with self._lock:
            self._versions[client] = version
            self._versions.move_to_end(client)
            if len(self._versions) > _MOST_CLIENTS:
                self._versions.popitem(last=False)

    def recall(self, authorization: str | None) -> str | None:
        """The version that this client spoke last; None when it is not remembered."""
        if authorization is None:
            return None
        with self._lock:
            return self._versions.get(_digest(authorization))


def _digest(authorization: str) -> bytes:
    return blake2b(authorization.encode(), digest_size=16).digest()
