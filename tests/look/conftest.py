import pytest
from damaged import sharp_photo


@pytest.fixture(scope="module", params=["coffee", "rocket", "cat"])
def photo(request):
    return sharp_photo(request.param)
