import os

import pytest
from hypothesis import HealthCheck, settings

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
def own_folders(tmp_path_factory):
    """Keep the tests, and the processes that they start, away from the user's own store and decisions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUPVIZ_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("DUPVIZ_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield
