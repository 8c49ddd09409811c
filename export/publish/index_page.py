"""index.html as it is published: with the names of the files to start from, which change with their
contents, and with a policy that lets its own inline script run."""

import base64
import hashlib
import json
import re

START_FILES = re.compile(r'(<script type="application/json" id="start-files">).*?(</script>)')
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
SCRIPT_SOURCES = "script-src 'self'"


def render(page: str, start: dict[str, str]) -> bytes:
    """`start` names the URL path of each file to start from."""
    files = json.dumps({what: f"./{url}" for what, url in start.items()})
    page = START_FILES.sub(lambda match: f"{match[1]}{files}{match[2]}", page)
    hashes = "".join(f" '{script_hash(script)}'" for script in INLINE_SCRIPT.findall(page))
    return page.replace(SCRIPT_SOURCES, SCRIPT_SOURCES + hashes).encode()


def script_hash(script: str) -> str:
    """As a Content Security Policy names an inline script."""
    digest = hashlib.sha256(script.replace("\r\n", "\n").encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
