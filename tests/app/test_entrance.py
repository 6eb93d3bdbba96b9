"""Who is let in to ``dupviz review``, and what is said to all others."""

import re

import pytest
import tornado.httpclient
from serving import Running, talk

from dupviz.app.entrance import SECRET_HEADER
from dupviz.app.handlers import FILES


@pytest.fixture
def refused(running):
    """Whether nothing but a sentence is answered, which has these words."""

    def check(words, path="/", **headers):
        status, answered, body = running.get(path, **headers)
        assert "Set-Cookie" not in answered
        assert "script" not in body
        return status == 403 and words in body

    return check


def test_only_who_has_the_token_gets_in_and_it_counts_once(running, refused):
    for path in ("/", "/?token=wrong", "/?token=", "/app/app.js", "/nowhere"):
        assert refused("has not been let in", path)
    door = running.door
    cookie = running.knock()
    assert refused("has not been let in", door)
    assert running.get("/", Cookie=cookie)[0] == 200
    assert refused("has not been let in", Cookie=cookie[:-1])


def test_another_browser_is_told_what_to_do_and_that_lets_it_in(running, refused):
    first = running.knock()
    assert refused("The terminal in which it runs shows another address")
    assert len(set(running.addresses)) == 2
    assert running.knock() == first
    assert len(set(running.addresses)) == 3


def test_a_browser_that_is_in_spends_no_token(running):
    cookie, door = running.knock(), running.door
    assert running.get(door, Cookie=cookie)[0] == 200
    assert running.door == door
    assert running.get(door)[0] == 200


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_only_get_spends_the_token(running, method):
    door = running.door
    status, answered, _ = running.get(door, method=method)
    assert status == 405
    assert "Set-Cookie" not in answered
    assert running.door == door
    running.knock()


def test_a_foreign_host_does_not_spend_the_token(running, refused):
    door = running.door
    assert refused("does not answer to the name evil.example", door, Host="evil.example")
    assert running.door == door


FOREIGN = ["evil.example", "evil.example:{port}", "0.0.0.0:{port}", "192.168.1.7:{port}", "127.0.0.1.evil.example"]


@pytest.mark.parametrize("host", [*FOREIGN, "localhost.evil.example", "localhost:1:2", "[::1"])
def test_a_foreign_host_is_refused_even_with_the_cookie_and_told_which_option_would_allow_it(host, running, refused):
    host = host.format(port=running.port)
    cookie = running.knock()
    assert refused(f"--allow-host {host}", Host=host, Cookie=cookie)
    assert refused(f"--allow-host {host}", X_Forwarded_Host=f"localhost, {host}", Cookie=cookie)
    assert refused("does not answer", Host="", Cookie=cookie)


@pytest.mark.parametrize("host", ["localhost:{port}", "LOCALHOST:9000", "127.0.0.1:9000", "[::1]:9000", "localhost"])
def test_a_forwarded_port_of_this_machine_needs_no_option(host, running):
    host = host.format(port=running.port)
    cookie = running.knock(Host=host)
    assert running.get("/", Host=host, Cookie=cookie)[0] == 200
    origin = f"http://{host}".lower()
    assert talk(running, cookie, Host=host, Origin=origin)[0]["state"]["phase"] == "gallery"


def test_what_a_host_is_called_does_nothing_in_the_refusal(running):
    body = running.get("/", X_Forwarded_Host="<script>alert(1)</script>")[2]
    assert "<script" not in body
    assert "&lt;script" in body


def test_two_servers_do_not_log_each_other_out(running, photos):
    with Running(photos) as other:
        jar = dict([running.knock().split("="), other.knock().split("=")])
        assert len(jar) == 2
        cookies = "; ".join(f"{name}={value}" for name, value in jar.items())
        for server in (running, other):
            assert server.get("/", Cookie=cookies)[0] == 200
            assert talk(server, cookies)[0]["state"]["phase"] == "gallery"


def test_two_tunnels_to_one_port_of_two_machines_do_not_either(running):
    names = [running.knock(Host=f"localhost:{port}").partition("=")[0] for port in (9001, 9002)]
    assert len(set(names)) == 2


def test_of_two_cookies_of_one_name_either_lets_in(running):
    cookie = running.knock()
    wrong = cookie.partition("=")[0] + "=of-another-path"
    for cookies in (f"{cookie}; {wrong}", f"{wrong}; {cookie}", f"a=b;{cookie}"):
        assert running.get("/", Cookie=cookies)[0] == 200


def test_the_cookie_is_for_this_path_and_no_script_and_where_the_page_is_encrypted_only_for_that(running):
    plain = running.get(running.door)[1]["Set-Cookie"]
    assert re.fullmatch(r"dupviz-127.0.0.1-\d+=[\w-]{43}; HttpOnly; SameSite=Strict", plain)
    for scheme, is_secure in (("https", True), ("https, http", True), ("http", False), ("http, https", False)):
        cookie = running.get(running.door, X_Forwarded_Proto=scheme)[1]["Set-Cookie"]
        assert ("Secure" in cookie) is is_secure


def test_nothing_but_this_package_is_served_under_a_strict_policy(running):
    cookie = running.knock()
    for path in FILES:
        status, headers, body = running.get(f"/{path}", Cookie=cookie)
        assert status == 200
        assert body
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "Server" not in headers
    for path in (
        "/server.py",
        "/../cli.py",
        "/widgets/gallery/../gallery.py",
        "/widgets/gallery/gallery.py",
        "/app/index.html",
        "/etc/passwd",
        "//",
        "/%2e%2e",
    ):
        assert running.get(path, Cookie=cookie)[0] in (400, 404)


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1", "null", "http://localhost:{port}"],
)
def test_the_socket_is_closed_to_pages_from_elsewhere(running, origin):
    origin = origin.format(port=running.port)
    with pytest.raises(tornado.httpclient.HTTPClientError, match="403"):
        talk(running, running.knock(), Origin=origin)


def test_the_socket_is_closed_to_who_has_not_been_let_in(running):
    running.knock()
    with pytest.raises(tornado.httpclient.HTTPClientError, match="403"):
        talk(running, "dupviz=wrong")


def test_a_proxy_may_name_the_host_that_its_browser_asked_for(photos):
    with Running(photos, allowed=["nas.local"]) as running:
        forwarded = {"X_Forwarded_Host": "nas.local:8443"}
        cookie = running.knock(**forwarded)
        said = talk(running, cookie, Origin="https://nas.local:8443", **forwarded)
        assert said[0]["state"]["phase"] == "gallery"
        with pytest.raises(tornado.httpclient.HTTPClientError, match="403"):  # another service of that machine
            talk(running, cookie, Origin="https://nas.local:5000", **forwarded)


@pytest.mark.parametrize(("origin", "is_own"), [("https://nas.local", True), ("http://nas.local", False)])
def test_the_usual_port_may_be_named_or_not(photos, origin, is_own):
    with Running(photos, allowed=["nas.local"]) as running:
        cookie = running.knock(Host="nas.local:443")
        if is_own:
            assert talk(running, cookie, Host="nas.local:443", Origin=origin)
        else:
            with pytest.raises(tornado.httpclient.HTTPClientError, match="403"):
                talk(running, cookie, Host="nas.local:443", Origin=origin)


def test_below_a_base_url_is_all_and_elsewhere_nothing(photos):
    with Running(photos, base_url="photos.1") as running:
        assert running.addresses[0].startswith(f"http://127.0.0.1:{running.port}/photos.1/?token=")
        token = running.door.partition("?")[2]
        status, answered, _ = running.get(f"/photos.1?{token}")
        assert (status, answered["Location"]) == (302, f"photos.1/?{token}")
        cookie = running.knock()
        for path in ("/photos.1/", "/photos.1/app/app.js"):
            assert running.get(path, Cookie=cookie)[0] == 200
        for path in ("/", "/app/app.js", "/photosX1/", "/photos.1/photos.1/", "/other"):
            assert running.get(path, Cookie=cookie)[0] == 404
            assert running.get(path)[0] == 403
        assert talk(running, cookie)[0]["state"]["phase"] == "gallery"


def test_with_a_secret_of_jupyter_it_lets_in_under_any_name_and_nothing_else_does(photos):
    with Running(photos, secret="s3cret") as running:
        assert running.addresses == [f"http://127.0.0.1:{running.port}/"]
        right = {SECRET_HEADER: "s3cret", "Host": "hub.example"}
        assert running.get("/", **right)[0] == 200
        assert talk(running, "", **right, Origin="https://elsewhere.example")[0]["state"]["phase"] == "gallery"
        for wrong in ({}, {SECRET_HEADER: ""}, {SECRET_HEADER: "s3cre"}, {"Cookie": "dupviz-hub.example="}):
            assert running.get("/", **wrong)[0] == 403
            assert running.get("/?token=", **wrong)[0] == 403
            with pytest.raises(tornado.httpclient.HTTPClientError, match="403"):
                talk(running, "", **wrong)


def test_finish_in_jupyter_leads_the_next_visit_to_the_start_page(photos):
    right = {SECRET_HEADER: "s3cret"}
    with Running(photos, secret="s3cret") as running:
        said = talk(running, "", {"do": "close"}, **right)
        assert said[1]["state"]["phase"] == "closed"
        assert said[-1] == "closed"  # so that a page that says "Finished" stays as it is
        again = talk(running, "", **right)[0]["state"]
        assert (again["phase"], again["gallery"]) == ("start", None)
