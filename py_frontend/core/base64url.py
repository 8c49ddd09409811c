"""Bytes as text that may stand in an address: base64url without padding (RFC 4648, section 5)."""

from base64 import b64decode, urlsafe_b64encode


def encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Raises ValueError on any character or length that `encoded` never gives."""
    padded = text.encode("ascii") + b"=" * (-len(text) % 4)
    return b64decode(padded, altchars=b"-_", validate=True)
