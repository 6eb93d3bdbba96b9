"""dupviz finds, explains and clears away duplicate images, with a number that you can compute by hand.

The way the data goes::

    folder ──load_images──▶ ImageSet ──propose──▶ Candidates ──group_duplicates──▶ groups ──make_plan──▶ Plan

and `find_duplicates` goes from the folder to the groups in one call. The names are listed in ``__init__.pyi``, and
imported when they are first used: ``dupviz --version`` should not wait for pandas.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
