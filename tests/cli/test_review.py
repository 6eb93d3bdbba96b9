"""`dupviz review` as a command: the address that it prints, the browser that it opens, and what it refuses."""

import http.client
import os
import re
import signal
import socket
import stat
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from commands import Command

from dupviz.app.entrance import SECRET_HEADER, SECRET_VARIABLE

BROWSER = """#!{python}
import pathlib, sys
pathlib.Path({log!r}).write_text(sys.argv[1])
"""


def get(address, host=None, **headers):
    """Status and body at an address of this machine, whatever it is called in there."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=30)
    connection.request("GET", f"{parts.path}?{parts.query}", headers={"Host": host or parts.netloc, **headers})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


@pytest.fixture
def home(tmp_path):
    """The home folder of a user, with a browser that writes down its argument."""
    program = tmp_path / "browser"
    program.write_text(BROWSER.format(python=sys.executable, log=str(tmp_path / "argument")))
    program.chmod(0o700)
    home = tmp_path / "home"
    home.mkdir()
    return home


def wait_until(is_so):
    for _ in range(300):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it does not come to that")


def pages(home):
    return list(home.glob("*.html"))


@pytest.mark.skipif(os.name != "posix", reason="a browser that is a script")
def test_no_argument_of_the_browser_has_the_token_and_the_page_that_has_it_is_its_users_alone_and_goes(home):
    with Command(home, BROWSER=str(home.parent / "browser")) as review:
        address = review.address()
        token = urlsplit(address).query.removeprefix("token=")
        review.line("It ends with")
        argument = home.parent / "argument"
        wait_until(lambda: argument.exists() and argument.read_text())
        assert token not in argument.read_text()
        assert argument.read_text().startswith("file:///")
        [page] = pages(home)
        assert argument.read_text() == page.as_uri()
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
        assert address in page.read_text()
        assert get(address)[0] == 200
        following = review.address("For one more")
        assert pages(home) == []
        assert get(address)[0] == 403
        assert get(following)[0] == 200


@pytest.mark.skipif(os.name != "posix", reason="a browser that is a script")
def test_if_no_browser_comes_the_page_goes_with_the_server(home):
    with Command(home, BROWSER=str(home.parent / "browser")) as review:
        review.line("It ends with")
        wait_until(lambda: pages(home))
        review.process.send_signal(signal.SIGINT)
        assert review.line("Finished. Decisions are saved.")
        assert review.process.wait(30) == 0
    assert pages(home) == []


def test_without_a_browser_there_is_no_page_and_with_another_address_neither(home):
    for options in (["--no-browser"], ["--host", "127.0.0.1"]):
        with Command(home, *options, BROWSER=str(home.parent / "browser")) as review:
            review.line("It ends with")
            assert pages(home) == []
    assert not (home.parent / "argument").exists()


def test_for_other_machines_the_token_is_required_and_the_address_is_printed(home):
    with Command(home, "--host", "0.0.0.0") as review:
        address = review.address()
        assert urlsplit(address).hostname == socket.gethostname().lower()
        port = urlsplit(address).port
        bare = f"http://127.0.0.1:{port}/"
        for host in (f"192.168.1.7:{port}", f"{socket.gethostname()}:{port}"):
            assert get(bare, host)[0] == 403
            assert "has not been let in" in get(bare, host)[1]
        assert "does not answer" in get(address, "evil.example")[1]
        assert get(address, f"192.168.1.7:{port}")[0] == 200


def test_the_port_the_path_and_the_names_are_those_that_were_asked_for(home):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--no-browser", "--port", port, "--base-url", "/photos", "--allow-host", "nas.local"]
    with Command(home, *options, "--allow-host", "tunnel.example:8443") as review:
        address = review.address()
        assert address.startswith(f"http://127.0.0.1:{port}/photos/?token=")
        assert review.line("proxy or tunnel").endswith(f"http://127.0.0.1:{port}/photos/")
        for host, is_allowed in (("tunnel.example", False), ("evil.example", False), ("tunnel.example:8443", True)):
            assert (get(address, host)[0] == 200) is is_allowed
        assert get(review.address("For one more"), "nas.local:1234")[0] == 200


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--base-url", "https://nas.local/"],
            "the base URL must be a path such as /photos/, got 'https://nas.local/'",
        ),
        (["--allow-host", "*"], "an allowed host must be a name such as nas.local or nas.local:8443, got '*'"),
        (["--port", "65536"], "must be a number from 0 to 65535, got 65536"),
        (["--port", "x"], "invalid integer value: 'x'"),
        (["--host", ""], "must be an address, such as 0.0.0.0"),
        (["--host", "192.0.2.1"], r"cannot listen at 192.0.2.1, port 0: .*; choose another --port or --host"),
    ],
)
def test_what_cannot_be_served_is_refused_before_the_search(home, options, message):
    with Command(home, *options, "nowhere") as review:
        assert re.search(message, review.line("^dupviz|error:"))
        assert review.process.wait(30) == 2
    assert "nowhere" not in "".join(review.lines)


def test_a_port_that_is_taken_is_refused_before_the_search(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Command(home, "--port", port, "nowhere") as review:
            assert f"port {port}: " in review.line("cannot listen")
            assert review.process.wait(30) == 2


def test_jupyter_needs_no_token_but_its_secret(home):
    with Command(home, "--no-browser", **{SECRET_VARIABLE: "s3cret"}) as review:
        address = review.address()
        assert urlsplit(address).query == ""
        assert get(address)[0] == 403
        assert get(address, "hub.example", **{SECRET_HEADER: "s3cret"})[0] == 200
        environment = Path(f"/proc/{review.process.pid}/environ")
        assert not environment.exists() or stat.S_IMODE(environment.stat().st_mode) == 0o400
