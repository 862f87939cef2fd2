#!/usr/bin/env python3
"""Another machine, as far as the network goes: a network namespace, whose loopback is its own.

    far_machine.py hold                 in a new namespace: bring its loopback up, say its own number, stay
    far_machine.py door NEAR FAR -- ENTER…
                                        lead port NEAR of this machine's loopback to port FAR of the other's;
                                        ENTER… is the command that runs another command over there
    far_machine.py relay DESCRIPTOR FAR over there: what `door` becomes
"""
import fcntl
import os
import socket
import struct
import sys
import threading
import time

SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def hold():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))
    print(os.getpid(), flush=True)
    while True:
        time.sleep(3600)


def door(near, far, *enter):
    listener = socket.create_server(("127.0.0.1", int(near)))
    os.set_inheritable(listener.fileno(), True)
    print("open", flush=True)
    command = [*enter[1:], sys.executable, __file__, "relay", str(listener.fileno()), far]
    os.execvp(command[0], command)


def relay(descriptor, far):
    listener = socket.socket(fileno=int(descriptor))
    while True:
        here, _ = listener.accept()
        threading.Thread(target=lead, args=(here, int(far)), daemon=True).start()


def lead(here, far):
    try:
        there = socket.create_connection(("127.0.0.1", far))
    except OSError:
        # As near to "connection refused" as a server can come that has accepted already.
        here.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        here.close()
        return
    threading.Thread(target=pump, args=(there, here), daemon=True).start()
    pump(here, there)


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


{"hold": hold, "door": door, "relay": relay}[sys.argv[1]](*sys.argv[2:])
