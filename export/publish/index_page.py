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
    files = json.dumps(start)
    page = START_FILES.sub(lambda match: f"{match[1]}{files}{match[2]}", page)
    hashes = "".join(f" '{script_hash(script)}'" for script in INLINE_SCRIPT.findall(page))
    return page.replace(SCRIPT_SOURCES, SCRIPT_SOURCES + hashes).encode()


def with_start_file(page: str, what: str, url: str) -> str:
    """A rendered page that names one more file."""

    def extended(match: re.Match) -> str:
        files = json.loads(match[0].removeprefix(match[1]).removesuffix(match[2]))
        return match[1] + json.dumps({**files, what: url}) + match[2]

    return START_FILES.sub(extended, page)


def script_hash(script: str) -> str:
    """As a Content Security Policy names an inline script."""
    digest = hashlib.sha256(script.replace("\r\n", "\n").encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
