"""A student's term as one HTML page that needs no network: what stands, and a form for what is still open.

The form's script is one file of plain JavaScript, part of the page and named to the browser by its hash: nothing
else on the page can run. Without scripts a table says the same for a few levels.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from markupsafe import Markup

from autograder.receipts.account import Account
from autograder.receipts.accounttext import marks_in_words
from autograder.receipts.moment import say_moment
from autograder.templates import CONTENT_SECURITY_POLICY, render

LEVELS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)


def account_page(account: Account, marks: Mapping[str, float] | None = None) -> str:
    """Return the page; with `marks` (shares of what is open) the form begins with these."""
    script = whatif_script()
    return render(
        "term.html.j2",
        account=account,
        policy=f"{CONTENT_SECURITY_POLICY}; script-src {script_source(script)}",
        script=Markup(script),
        plan=json.dumps(account.plan.as_data(), ensure_ascii=True),
        marks=marks or {},
        said=marks_in_words(account, marks) if marks else "",
        with_marks=account.plan.total(marks) if marks else None,
        levels=[(level, account.plan.even(level)) for level in LEVELS],
        nothing=account.plan.even(0.0),
        moment=say_moment,
    )


@cache
def whatif_script() -> str:
    """Return the script's text, as it stands in the page."""
    return (Path(__file__).parent.parent / "templates" / "whatif.js").read_text(encoding="utf-8")


def script_source(script: str) -> str:
    """Name a script to a content security policy by its hash."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
