"""index.html as it is published: with the names of the files to start from, which change with their
contents, and with a policy that lets its own inline script run."""

import base64
import hashlib
import json
import re

START_FILES = re.compile(r'(<script type="application/json" id="start-files">).*?(</script>)')
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
SCRIPT_SOURCES = "script-src 'self'"


def render(page: str, start: dict) -> bytes:
    """`start` names the files to start from."""
    files = _json(start)
    page = START_FILES.sub(lambda match: f"{match[1]}{files}{match[2]}", page)
    hashes = "".join(f" '{script_hash(script)}'" for script in INLINE_SCRIPT.findall(page))
    return page.replace(SCRIPT_SOURCES, SCRIPT_SOURCES + hashes).encode()


def with_start_files(page: str, more: dict) -> str:
    """A rendered page that is told of more to start from."""

    def extended(match: re.Match) -> str:
        files = json.loads(match[0].removeprefix(match[1]).removesuffix(match[2]))
        return match[1] + _json({**files, **more}) + match[2]

    return START_FILES.sub(extended, page)


def _json(content: dict) -> str:
    """As it may stand in a script element, which it must not end."""
    return json.dumps(content).replace("</", "<\\/")


def script_hash(script: str) -> str:
    """As a Content Security Policy names an inline script."""
    digest = hashlib.sha256(script.replace("\r\n", "\n").encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
