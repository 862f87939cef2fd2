#!/usr/bin/env python3
"""Ask a window to close, as its close button does: the message WM_DELETE_WINDOW.

    close_window.py PID NAME

The window is that of the program NAME among the descendants of PID, on the display that this program uses.
"""
import ctypes
import glob
import os
import sys
from pathlib import Path

CLIENT_MESSAGE = 33


class ClientMessage(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("as_long_as_any_event", ctypes.c_long * 24),
    ]


def read(file):
    try:
        return Path(file).read_text()
    except OSError:
        # It has ended meanwhile.
        return ""


def descendants(pid):
    for children in glob.glob(f"/proc/{pid}/task/*/children"):
        for child in read(children).split():
            yield child
            yield from descendants(child)


def program(pid, name):
    for child in descendants(pid):
        if read(f"/proc/{child}/comm").strip() == name:
            return child
    sys.exit(f"{name} does not run")


def windows(x11, display, parent):
    root, above, children, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
    x11.XQueryTree(
        display, parent, *(ctypes.byref(out) for out in (root, above, children, count))
    )
    for child in children[: count.value]:
        yield child
        yield from windows(x11, display, child)


def main():
    pid = program(sys.argv[1], sys.argv[2])
    environment = dict(
        line.split("=", 1) for line in Path(f"/proc/{pid}/environ").read_text().split("\0") if "=" in line
    )
    if "XAUTHORITY" in environment:
        os.environ["XAUTHORITY"] = environment["XAUTHORITY"]
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XDefaultRootWindow.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(environment["DISPLAY"].encode()))
    if not display:
        sys.exit(f"no display {environment['DISPLAY']}")
    protocols = x11.XInternAtom(display, b"WM_PROTOCOLS", False)
    closing = x11.XInternAtom(display, b"WM_DELETE_WINDOW", False)
    # A window may end while it is looked at; what asks for it then gets nothing, and that is no reason to end too.
    ignore = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda *_: 0)
    x11.XSetErrorHandler(ignore)
    asked = 0
    for window in windows(x11, display, ctypes.c_ulong(x11.XDefaultRootWindow(display))):
        listed, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_int()
        known = x11.XGetWMProtocols(
            display, ctypes.c_ulong(window), ctypes.byref(listed), ctypes.byref(count)
        )
        name = ctypes.c_char_p()
        x11.XFetchName(display, ctypes.c_ulong(window), ctypes.byref(name))
        if not known or closing not in listed[: count.value] or b"Podium" not in (name.value or b""):
            continue
        event = ClientMessage(
            type=CLIENT_MESSAGE, window=window, message_type=protocols, format=32, data=(closing, 0, 0, 0, 0)
        )
        x11.XSendEvent(display, ctypes.c_ulong(window), False, ctypes.c_long(0), ctypes.byref(event))
        asked += 1
    x11.XSync(display, False)
    if asked != 1:
        sys.exit(f"{asked} windows were asked")


main()
