"""The site of the documentation. Nothing here asks anything of the network."""

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import floors  # noqa: E402

import coder  # noqa: E402

floors.write(HERE / "_build")

project = "coder"
version = release = coder.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build", "*.ipynb"]
default_role = "code"
smartquotes = False  # "" is an empty text

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
add_module_names = False
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = f"coder {release}"
html_copy_source = html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["site.css"]


def _language_of_the_page(app, page, template, context, doctree):  # noqa: ANN001, ANN202, ARG001 (Sphinx gives these)
    """A page in another language says so: for screen readers, and for hyphens."""
    context["language"] = (context.get("meta") or {}).get("lang", "en")


def _public_name(app, env, node, contnode):  # noqa: ANN001, ANN202
    """A type in a signature is looked for under its public name, wherever its module is."""
    home, _, name = node.get("reftarget", "").rpartition(".")
    if node.get("refdomain") != "py" or not home.startswith("coder") or name not in coder.__all__:
        return None
    domain = env.get_domain("py")
    return domain.resolve_xref(env, node["refdoc"], app.builder, node["reftype"], f"coder.{name}", node, contnode)


SIGNATURES = {
    r"dataclasses\.InitVar\[(.*?)\]": r"\1",
    r", _\w+: [^=]*? = <factory>": "",
    r"<factory>": "...",
    r"<function (\w+)[^>]*>": r"\1",
    r"<(\w+\.[A-Z]+): [^>]*>": r"\1",
    r"= \w+\(of 0 \w+\)": "= ...",
}
"""What Python shows of a default value, and what a reader of the reference should see of it."""


def _signature(app, what, name, obj, options, signature, returned):  # noqa: ANN001, ANN202, ARG001
    """A signature as a person would write it."""
    for shown, wanted in SIGNATURES.items() if signature else ():
        signature = re.sub(shown, wanted, signature)
    return signature, returned


def setup(app):  # noqa: ANN001, ANN201
    """Called by Sphinx."""
    app.connect("html-page-context", _language_of_the_page)
    app.connect("autodoc-process-signature", _signature)
    app.connect("missing-reference", _public_name)
