"""TCP ports: one to listen on, refused in one line when it is taken."""

import errno
import random
import socket

from runtime.errors import UserError

# Below the range that Linux hands out for outgoing connections (32768–60999), so that none of those takes ours.
_LOWEST, _HIGHEST = 20_000, 32_000


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that a server can be given; port 0 takes a free one."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port or free_port(), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror:
        raise UserError(
            f"host {host}: is no address of this machine; use --host 127.0.0.1 or 0.0.0.0"
        ) from None
    listening = socket.socket(family, kind, proto)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(2048)
    except OSError as error:
        listening.close()
        raise UserError(_why(error, host, port)) from None
    listening.setblocking(False)
    return listening


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use; stop what listens there or choose another with --port"
    if error.errno == errno.EACCES:
        return f"port {port} on {host} is reserved for the administrator; choose one above 1023 with --port"
    return f"port {port} on {host}: {error.strerror}; choose others with --host and --port"


def free_port() -> int:
    """A port nobody listens on now, outside the range of outgoing connections."""
    for port in random.sample(range(_LOWEST, _HIGHEST), 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise UserError(f"no free port between {_LOWEST} and {_HIGHEST}; close some programs")
