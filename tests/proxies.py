"""A reverse proxy as people have before a server: under a path of its own, WebSockets included, encrypted if asked."""

import asyncio
import contextlib
import ssl
import subprocess
import threading

import tornado.httpclient
import tornado.httpserver
import tornado.netutil
import tornado.web
import tornado.websocket

HOP_BY_HOP = {"connection", "upgrade", "transfer-encoding", "content-length", "keep-alive", "host"}


class Proxy:
    """Passes on what is below its path to another server, from a thread of its own.

    `strips` takes that path off, as most proxies do; `names_host` says what becomes of the name that was asked for: it
    stays in `Host`, it is `forwarded` in a header of its own while `Host` is that of the server, or it is `lost`.
    """

    def __init__(self, target, path="/", *, strips=True, names_host="host", certificate=None):
        self.target, self.path, self.strips, self.names_host = target, path, strips, names_host
        self.scheme = "https" if certificate else "http"
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(certificate)))
        self._thread.start()
        assert self._ready.wait(30)

    async def _run(self, certificate):
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        routes = [(f"{self.path}(.*)", Passing, {"proxy": self})]
        context = None
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*certificate)
        server = tornado.httpserver.HTTPServer(
            tornado.web.Application(routes, log_function=lambda handler: None), ssl_options=context
        )
        sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        server.add_sockets(sockets)
        self._ready.set()
        await self._ended.wait()
        server.stop()
        await server.close_all_connections()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(30)

    def headers(self, request):
        """What the server gets: all that the browser sent, and the names as this proxy passes them on."""
        sent = {name: value for name, value in request.headers.get_all() if name.lower() not in HOP_BY_HOP}
        sent = {name: value for name, value in sent.items() if not name.lower().startswith("sec-websocket")}
        sent["Host"] = request.host if self.names_host == "host" else self.target
        if self.names_host == "forwarded":
            sent["X-Forwarded-Host"] = request.host
        return {**sent, "X-Forwarded-Proto": self.scheme}

    def address(self, protocol, request):
        """Where a request goes."""
        path = request.uri.removeprefix(self.path.rstrip("/")) if self.strips else request.uri
        return f"{protocol}://{self.target}{path}"


class Passing(tornado.websocket.WebSocketHandler):
    """One request, or one socket."""

    def initialize(self, proxy):
        self.proxy, self.far = proxy, None

    def check_origin(self, origin):
        return True

    async def get(self, *path):
        if self.request.headers.get("Upgrade", "").lower() == "websocket":
            request = tornado.httpclient.HTTPRequest(
                self.proxy.address("ws", self.request), headers=self.proxy.headers(self.request)
            )
            try:
                self.far = await tornado.websocket.websocket_connect(request, on_message_callback=self._back)
            except tornado.httpclient.HTTPClientError as error:
                raise tornado.web.HTTPError(error.code) from None
            await super().get(*path)
            return
        answer = await tornado.httpclient.AsyncHTTPClient().fetch(
            self.proxy.address("http", self.request),
            headers=self.proxy.headers(self.request),
            follow_redirects=False,
            raise_error=False,
        )
        self.set_status(answer.code)
        self.clear_header("Content-Type")
        for name, value in answer.headers.get_all():
            if name.lower() not in HOP_BY_HOP:
                self.add_header(name, value)
        self.finish(answer.body)

    def _back(self, message):
        with contextlib.suppress(tornado.websocket.WebSocketClosedError):
            if message is None:
                self.close()
            else:
                self.write_message(message, binary=isinstance(message, bytes))

    async def on_message(self, message):
        await self.far.write_message(message, binary=isinstance(message, bytes))

    def on_close(self):
        if self.far is not None:
            self.far.close()


def make_certificate(folder):
    """A key, and a certificate for localhost that is signed by itself."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key
