"""Steps that are done one after the other, and broken off from elsewhere."""

import threading

from dupviz._parallel import broken_off
from dupviz.cleanup.outcome import Result, each_in_turn


def test_a_thread_that_is_broken_off_finishes_its_file_and_no_other():
    found, begun, told = [], threading.Event(), threading.Event()

    def step(row):
        begun.set()
        assert told.wait(20)
        return Result("moved")

    def work():
        found.append(each_in_turn(list(range(9)), step, lambda row: Result("skipped", "in hand"), "moving", False))

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(20)
    with broken_off(thread.ident):
        told.set()
        thread.join(20)
    [(results, is_interrupted)] = found
    assert is_interrupted
    assert [result.status for result in results] == ["moved"] + ["skipped"] * 8
