"""Settings of the documentation; `docs/build.py` copies the notebooks beside it first."""

from dupviz import __version__

project, author, release = "dupviz", "The dupviz developers", __version__
extensions = ["sphinx.ext.autosummary", "sphinx.ext.mathjax", "numpydoc", "myst_nb", "sphinx_design"]
exclude_patterns = ["data", "**/.ipynb_checkpoints"]

html_theme = "pydata_sphinx_theme"
html_title = "dupviz"
html_static_path = ["_static"]
html_css_files = ["figures.css"]
html_js_files = ["pages.js"]
html_theme_options = {"show_toc_level": 2, "navigation_with_keys": False, "show_prev_next": True}
html_sidebars = {"index": []}

autosummary_generate = True
autodoc_typehints = "none"  # the docstrings say it for people
default_role = "py:obj"
numpydoc_show_class_members = False
nb_execution_mode = "force"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
# Explorers are shown as pages, see docs/pages.py; other widgets and progress bars as their text.
nb_mime_priority_overrides = [("html", "text/html", 5)]
suppress_warnings = ["mystnb.unknown_mime_type"]
