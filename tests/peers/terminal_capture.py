"""Runs a program in a terminal of a given size and writes what is on its screen after some seconds as a page, for docs/images/console.png. Needs python3-pyte of Debian.

    python3 tests/peers/terminal_capture.py 100 24 SECONDS screen.html dotnet samples/FashionMnist/bin/Release/net10.0/FashionMnist.dll --steps 1000
    chromium --headless --no-sandbox --hide-scrollbars --force-device-scale-factor=1.5 --window-size=960,165 --screenshot=console.png screen.html
"""

import fcntl
import html
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

import pyte

columns, rows, seconds, page = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
screen = pyte.Screen(columns, rows)
stream = pyte.ByteStream(screen)
process, terminal = pty.fork()
if process == 0:
    # A shell that starts this in the background ignores Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
    os.execvp(sys.argv[5], sys.argv[5:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
end = time.time() + seconds
while time.time() < end:
    if select.select([terminal], [], [], 0.2)[0]:
        try:
            stream.feed(os.read(terminal, 65536))
        except OSError:
            break
os.kill(process, signal.SIGKILL)

NAMES = {"default": "e5e7eb", "red": "ef4444", "green": "22c55e", "brown": "eab308", "blue": "3b82f6", "magenta": "d946ef", "cyan": "06b6d4", "white": "e5e7eb"}
lines = ["".join(f'<span style="color:#{NAMES.get(cell.fg, cell.fg)}">{html.escape(cell.data)}</span>' for cell in (screen.buffer[y][x] for x in range(columns))) for y in range(rows) if screen.display[y].strip()]
with open(page, "w", encoding="utf-8") as file:
    file.write('<meta charset="utf-8"><body style="margin:0;background:#111827"><pre style="font:15px/1.35 monospace;padding:14px 18px;margin:0">' + "\n".join(lines) + "</pre>")
