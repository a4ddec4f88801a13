"""Fill the HTML template, with a content security policy that allows only scripts and styles in the file itself."""

import base64
import hashlib
from functools import cache
from importlib import resources

from t2s_local.report.values import Page
from t2s_local.text.text import counted

MARK = '<meta name="generator" content="t2s report">'
"""Tag that identifies a page written by t2s."""


def html_of(page: Page) -> str:
    """Return the page as HTML; every text in it is escaped."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    style, script = _resource("page.css"), _resource("page.js")
    policy = (
        f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; base-uri 'none'; "
        "form-action 'none'"
    )
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["counted"] = counted
    template = environment.from_string(_resource("page.html.jinja"))
    return template.render(page=page, style=Markup(style), script=Markup(script), policy=policy, mark=Markup(MARK))


@cache
def _resource(name: str) -> str:
    return resources.files("t2s_local.report").joinpath(name).read_text("utf-8")


def _source(text: str) -> str:
    """Return the policy's source expression of an inline style or script: the digest of its bytes."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
