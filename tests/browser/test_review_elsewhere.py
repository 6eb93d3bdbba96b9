"""`dupviz review` in a real browser from elsewhere: behind proxies, through tunnels, two at a time."""

import shutil
import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from proxies import Proxy, make_certificate
from serving import Running

from dupviz.app.opening import redirecting

expect.set_options(timeout=60_000)  # as in conftest: a busy machine

PROXIES = [
    {"path": "/photos/"},
    {"path": "/photos/", "names_host": "forwarded"},
    {"path": "/photos/", "strips": False},
    {"path": "/"},
]


@pytest.fixture
def served(photos, tmp_path, monkeypatch):
    """Start a server in a thread."""
    monkeypatch.setenv("DUPVIZ_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DUPVIZ_CACHE_DIR", str(tmp_path / "cache"))
    running = []

    def start(**options):
        running.append(Running(photos, **options))
        return running[-1]

    yield start
    for each in running:
        each.stop()


@pytest.fixture
def works(chromium):
    """Open an address in a browser, and decide something there: pictures come, and the answer of the socket."""
    contexts = []

    def check(address, context=None):
        if context is None:
            context = chromium.new_context(ignore_https_errors=True)
            contexts.append(context)
        page = context.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(address)
        gallery = page.locator(".dupviz-review")
        expect(gallery.locator(".dupviz-picture img[src]").first).to_be_visible()
        assert "token" not in page.url
        page.get_by_role("button", name="Accept all").click()
        expect(gallery.locator(".dupviz-done")).to_contain_text("2 of 2 groups reviewed")
        page.get_by_role("button", name="Undo (U)").click()
        expect(gallery.locator(".dupviz-done")).to_contain_text("0 of 2 groups reviewed")
        assert errors == []
        return page

    yield check
    for context in contexts:
        context.close()


@pytest.mark.parametrize("options", PROXIES, ids=str)
@pytest.mark.parametrize("is_encrypted", [False, True], ids=["http", "https"])
def test_behind_a_proxy(served, works, tmp_path, options, is_encrypted):
    if is_encrypted and shutil.which("openssl") is None:
        pytest.skip("needs openssl for a certificate")
    running = served(base_url="/" if options.get("strips", True) else options["path"], allowed=["nas.localhost"])
    certificate = make_certificate(tmp_path) if is_encrypted else None
    with Proxy(f"127.0.0.1:{running.port}", **options, certificate=certificate) as proxy:
        token = urlsplit(running.addresses[0]).query
        page = works(f"{proxy.scheme}://nas.localhost:{proxy.port}{options['path']}?{token}")
        [cookie] = page.context.cookies()
        assert cookie["path"] == (options["path"].rstrip("/") or "/")
        assert cookie["secure"] is is_encrypted
        assert cookie["sameSite"] == "Strict"


def test_a_proxy_that_hides_the_name_is_named_by_the_page_and_a_name_that_is_not_allowed_by_the_server(
    served, chromium
):
    running = served()
    context = chromium.new_context()
    page = context.new_page()
    with Proxy(f"127.0.0.1:{running.port}", names_host="lost") as proxy:
        page.goto(f"http://nas.localhost:{proxy.port}/?{urlsplit(running.addresses[0]).query}")
        expect(page.get_by_text("its WebSocket is blocked")).to_be_visible()
    with Proxy(f"127.0.0.1:{running.port}") as proxy:
        page.goto(f"http://nas.localhost:{proxy.port}/?{urlsplit(running.addresses[-1]).query}")
        expect(page.get_by_text(f"--allow-host nas.localhost:{proxy.port}")).to_be_visible()
    context.close()


class Tunnel:
    """As ``ssh -L``: a port of this machine whose bytes go to another one, unread."""

    def __init__(self, port):
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends = []
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target))
            self._ends += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pump(source, sink):
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for end in [self._listener, *self._ends]:
            end.close()


def test_through_a_tunnel_to_another_port(served, works):
    running = served()
    with Tunnel(running.port) as tunnel:
        for host in ("localhost", "127.0.0.1"):
            works(f"http://{host}:{tunnel.port}{running.door}")


def test_a_name_that_leads_here_from_elsewhere_is_refused_by_default(served, chromium):
    running = served()
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"http://evil.localhost:{running.port}{running.door}")  # Chromium takes all names in localhost here
    expect(page.get_by_text("does not answer to the name evil.localhost")).to_be_visible()
    assert context.cookies() == []
    context.close()
    assert len(running.addresses) == 1


def test_two_servers_side_by_side_in_one_browser(served, works, chromium):
    first, second = served(), served()
    context = chromium.new_context()
    pages = [works(f"http://127.0.0.1:{running.port}{running.door}", context) for running in (first, second)]
    for page in [*pages, *pages]:
        page.reload()
        expect(page.locator(".dupviz-picture img[src]").first).to_be_visible()
    context.close()


def test_a_second_browser_is_told_what_to_do_and_that_is_right(served, works, chromium):
    running = served()
    door = f"http://127.0.0.1:{running.port}{running.door}"
    works(door)
    context = chromium.new_context()
    page = context.new_page()
    page.goto(door)
    heading = page.get_by_role("heading", name="Not opened")
    expect(heading).to_be_visible()
    expect(heading).to_have_css("font-size", "24px")  # the policy lets its style in
    expect(page.get_by_text("The terminal in which it runs shows another address")).to_be_visible()
    context.close()
    works(running.addresses[-1])


def test_a_page_on_the_disk_leads_a_browser_in(served, works, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    with redirecting(served().addresses[0]) as file:
        works(file.as_uri())
