"""How the site is built (Sphinx with MyST Markdown)."""
import re

project = "keras_compat"
author = "the keras_compat authors"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_site"]
myst_enable_extensions = ["attrs_block"]
myst_heading_anchors = 3
nitpicky = True
smartquotes = False
python_maximum_signature_line_length = 88
toc_object_entries_show_parents = "hide"
html_theme = "furo"
html_title = "keras_compat"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_static_path = ["static"]
html_css_files = ["site.css"]


def _links(app, name, source):
    """Links to files of the repository that are no pages become their paths in print."""
    source[0] = source[0].replace("](autodidax.py)", "](reference/autodidax.md)")
    source[0] = re.sub(r"\[([^\]]*)\]\(\.\./(?!CONTRIBUTING)([^)]+)\)", r"\1 (`\2`)", source[0])


def setup(app):
    """Called by Sphinx."""
    app.connect("source-read", _links)
