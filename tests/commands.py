"""`dupviz review` as people start it: in a process of its own."""

import os
import re
import subprocess
import sys
import threading


class Command:
    """`dupviz review` in a process; `lines` holds what it has printed."""

    def __init__(self, home, *arguments, **environment):
        places = {
            "HOME": home,
            "USERPROFILE": home,
            "DUPVIZ_DATA_DIR": home / "data",
            "DUPVIZ_CACHE_DIR": home / "cache",
        }
        command = [sys.executable, "-m", "dupviz", "review", *map(str, arguments)]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={
                **os.environ,
                "PYTHONUTF8": "1",
                **{name: str(value) for name, value in (places | environment).items()},
            },
        )
        self.lines = []
        self._said = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self._said:
                self.lines.append(line.rstrip("\n"))
                self._said.notify_all()

    def line(self, pattern):
        """The first line like this, as soon as it is there."""
        with self._said:
            found = self._said.wait_for(lambda: [line for line in self.lines if re.search(pattern, line)], timeout=60)
        assert found, self.lines
        return found[0]

    def address(self, pattern="The review is at"):
        return re.search(r"http://\S+", self.line(pattern))[0]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait(30)
        self._reader.join(30)
        self.process.stdout.close()
