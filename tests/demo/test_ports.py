"""Ports are taken where they are free."""

import socket

from demo.ports import HOST, free_port, is_free


def test_a_taken_port_is_left_alone(socket_enabled: None) -> None:
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen()
        port = server.getsockname()[1]
        assert not is_free(port)
        assert free_port(port) != port
    assert is_free(port)
    assert free_port(port) == port
