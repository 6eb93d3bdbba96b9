"""Where the server listens, and the names to which it answers."""

import gc
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupviz.app.place import Place, listening, path_of


@pytest.fixture(scope="module")
def here():
    with listening() as sockets:
        yield Place(sockets)


@pytest.fixture(scope="module")
def everywhere():
    with listening("0.0.0.0") as sockets:
        yield Place(sockets, "0.0.0.0")


LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
PORTS = st.just("") | st.integers(0, 65535).map(":{}".format)
ADDRESSES = st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map("[{}]".format)


@given(
    labels=st.lists(LABELS, min_size=2, max_size=5), end=st.sampled_from(["com", "internal", "localhost"]), port=PORTS
)
def test_no_name_that_another_can_have_is_answered_unless_its_user_has_named_it(here, everywhere, labels, end, port):
    name = ".".join([*labels, end])
    assert not here.answers_to(name + port)
    assert not everywhere.answers_to(name + port)
    with listening() as sockets:
        assert Place(sockets, allowed=[name.upper()]).answers_to(name + port)
        allowed = Place(sockets, allowed=[f"{name}:8443"])
    assert allowed.answers_to(f"{name}:8443")
    assert not allowed.answers_to(f"{name}:844")
    assert not allowed.answers_to(name)


@given(text=st.text())
def test_whatever_stands_there_is_a_name_or_not(here, text):
    assert here.answers_to(text) in (
        False,
        text.lower().partition(":")[0] == "localhost" or text.startswith(("127.", "[")),
    )


@given(address=ADDRESSES, port=PORTS)
def test_addresses_are_answered_where_the_server_is_asked_from_other_machines(here, everywhere, address, port):
    is_loopback = address.startswith("127.") or address == "[::1]"
    assert here.answers_to(address + port) is is_loopback
    assert everywhere.answers_to(address + port) is (address not in ("0.0.0.0", "[::]"))


def test_the_name_of_this_machine_is_one_of_its_own_where_others_may_ask(here, everywhere):
    own = socket.gethostname()
    for name in (own, f"{own}.local", f"{own}:80", own.upper()):
        assert everywhere.answers_to(name)
    assert own == "localhost" or not here.answers_to(own)


def test_one_address_that_others_reach_is_enough_for_others_to_ask():
    with listening() as local, listening("0.0.0.0") as open_to_all:
        assert Place(local).is_local
        assert not Place([*local, *open_to_all]).is_local


def test_the_address_can_be_opened(here, everywhere):
    assert here.address == f"http://127.0.0.1:{here.port}/"
    assert everywhere.address == f"http://{socket.gethostname().lower()}:{everywhere.port}/"
    with listening("localhost") as sockets:
        place = Place(sockets, "localhost", "photos")
        assert place.is_local
        assert place.address == f"http://localhost:{place.port}/photos/"


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_an_address_of_ipv6_stands_in_brackets():
    try:
        with listening("::1") as sockets:
            place = Place(sockets, "::1")
    except OSError:
        pytest.skip("IPv6 is switched off")
    assert place.address == f"http://[::1]:{place.port}/"
    assert place.is_local


@pytest.mark.filterwarnings("ignore:Exception ignored")  # of a socket that tornado leaves to the garbage collector
def test_a_port_that_is_taken_is_refused_in_words():
    with (
        listening() as sockets,
        pytest.raises(OSError, match=r"port \d+: .+; choose another --port"),
        listening(port=sockets[0].getsockname()[1]),
    ):
        pass
    gc.collect()


@given(segments=st.lists(st.from_regex(r"[a-z0-9_~-][a-z0-9_.~-]*", fullmatch=True), max_size=4))
def test_a_path_begins_and_ends_with_a_slash_however_it_is_written(segments):
    path = "/".join(segments)
    written = {path_of(text) for text in (path, f"/{path}", f"{path}/", f"/{path}/")}
    assert written == {f"/{path}/" if path else "/"}


@pytest.mark.parametrize(
    "text", ["https://nas.local/photos/", "a?b", "a#b", "a b", "a//b", "../a", "a/./b", "a\nb", "{x}"]
)
def test_what_is_no_path_is_refused(text):
    with pytest.raises(ValueError, match="the base URL must be a path"):
        path_of(text)


@pytest.mark.parametrize("name", ["https://nas.local", "nas.local/", "*", "", "nas local", "nas.local:"])
def test_what_is_no_name_cannot_be_allowed(name):
    with listening() as sockets, pytest.raises(ValueError, match="an allowed host must be a name"):
        Place(sockets, allowed=[name])
