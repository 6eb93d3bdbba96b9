"""What widgets take: the result of a search."""

import os

__all__ = ["check_result"]


def check_result(name: str, result: object) -> None:
    """Refuse what `find_duplicates` has not given; raises TypeError, which says the way out."""
    if all(hasattr(result, each) for each in ("images", "groups", "near")):
        return
    given = repr(os.fspath(result)) if isinstance(result, str | os.PathLike) else "images"
    raise TypeError(
        f"{name} shows what find_duplicates gives, got {type(result).__name__}: {name}(dv.find_duplicates({given}))"
    )
