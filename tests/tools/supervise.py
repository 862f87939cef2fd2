#!/usr/bin/env python3
"""Run a command for as long as the caller holds this script's standard input open.

    supervise.py [--remove FOLDER] -- COMMAND ARG…

When the holder dies or closes its end, in whatever way, the command's whole process group is killed and
FOLDER is removed: a test that is interrupted leaves no server behind. Ends with the command's own exit
code if that comes first.
"""
import os
import select
import shutil
import signal
import subprocess
import sys
import time


def main():
    arguments = sys.argv[1:]
    split = arguments.index("--")
    remove = arguments[1] if split == 2 and arguments[0] == "--remove" else None
    child = subprocess.Popen(arguments[split + 1 :], stdin=subprocess.DEVNULL, start_new_session=True)
    code = None
    while code is None:
        readable, _, _ = select.select([0], [], [], 0.2)
        if readable and not os.read(0, 4096):
            break
        code = child.poll()
    for how, patience_s in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 2.0)):
        try:
            os.killpg(child.pid, how)
        except ProcessLookupError:
            break
        until = time.monotonic() + patience_s
        while time.monotonic() < until and child.poll() is None:
            time.sleep(0.05)
    if remove:
        shutil.rmtree(remove, ignore_errors=True)
    sys.exit(code if code is not None else 0)


if __name__ == "__main__":
    main()
