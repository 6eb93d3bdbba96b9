import os
from functools import wraps

import pytest
from hypothesis import HealthCheck, settings
from schemas import of_type, validator

from dupviz.app.server import ReviewServer
from dupviz.widgets import SplitGallery
from dupviz.widgets.gallery.gallery import Gallery
from dupviz.widgets.gallery.states import GalleryState, ServerState, SplitState

# Fixtures only choose between code paths; what they set is the same for all examples of a test. In CI the examples
# are the same in each run: a change fails for what it changed.
settings.register_profile(
    "dupviz",
    max_examples=50,  # of each law: all tests run in under ten minutes
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize="CI" in os.environ,
)
settings.load_profile("dupviz")


@pytest.fixture(autouse=True, scope="session")
def states_follow_their_schema():
    """Check each state that is made for a page, in any test."""

    def checked(describe, kind):
        check = validator(of_type(kind))

        @wraps(describe)
        def describe_and_check(*args):
            state = describe(*args)
            check(state)
            return state

        return describe_and_check

    with pytest.MonkeyPatch.context() as patch:
        for owner, name, kind in [
            (Gallery, "_describe", GalleryState),
            (SplitGallery, "_describe", SplitState),
            (ReviewServer, "state", ServerState),
        ]:
            patch.setattr(owner, name, checked(getattr(owner, name), kind))
        yield
