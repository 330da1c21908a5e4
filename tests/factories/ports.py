"""Ports for servers that tests start."""

import socket


def find_free_port() -> int:
    """A port that nobody uses now; the system does not hand it out again at once."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
