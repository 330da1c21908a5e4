"""Both servers in one process: the tool at 127.0.0.1, the practice LMS at localhost."""

import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from lti_tool.demo.errors import PortTaken

_THREADS = 4
_NO_SUCH_ADDRESS = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


@contextmanager
def serve(app: Flask, *, host: str, port: int, option: str) -> Iterator[None]:
    """Serves `app` at every address of `host` while the block runs.

    Args:
        option: how another port is asked for, to be named when this one is taken.

    Raises:
        PortTaken: another program listens there.
    """
    connections: dict[int, Any] = {}
    sockets = _open_sockets(host, port, option=option)
    server = create_server(app, map=connections, sockets=sockets, threads=_THREADS, ident="cchc")
    thread = threading.Thread(target=server.run, name=f"serve-{port}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.task_dispatcher.shutdown()
        _close_from_within(connections)
        thread.join(timeout=5)


def require_free_port(host: str, port: int, *, option: str) -> None:
    """Finds out early what `serve` would find out late.

    Raises:
        PortTaken: another program listens there.
    """
    for bound in _open_sockets(host, port, option=option):
        bound.close()


def _close_from_within(connections: dict[int, Any]) -> None:
    """Lets the server's own thread close its sockets; it may be waiting on them."""
    trigger = next(open_one for open_one in connections.values() if hasattr(open_one, "pull_trigger"))
    trigger.pull_trigger(lambda: wasyncore.close_all(connections))


def _open_sockets(host: str, port: int, *, option: str) -> list[socket.socket]:
    """One bound socket for each address: `localhost` is usually both ::1 and 127.0.0.1."""
    opened: list[socket.socket] = []
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for family, address in sorted({(found[0], found[4]) for found in addresses}):
        try:
            opened.append(_bind(family, address))
        except OSError as failed:
            # Containers often name ::1 in /etc/hosts without having it.
            if family == socket.AF_INET6 and failed.errno in _NO_SUCH_ADDRESS:
                continue
            for earlier in opened:
                earlier.close()
            raise PortTaken(
                f"Port {port} on {host} is used by another program. Stop it, or choose another with {option}."
            ) from failed
    return opened


def _bind(family: int, address: Any) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A port that an earlier demo has just left may be taken over at once.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
        # From here on a second demo finds the port taken.
        bound.listen()
    except OSError:
        bound.close()
        raise
    return bound
