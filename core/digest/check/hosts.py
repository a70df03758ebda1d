"""Which hosts anybody on the internet can reach."""

from __future__ import annotations

import ipaddress
import re
import unicodedata

PRIVATE_ENDINGS = frozenset(
    ["corp", "home", "home.arpa", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost", "test"]
)
"""Names that never lead out of a network: https://www.rfc-editor.org/rfc/rfc6761, https://www.rfc-editor.org/rfc/rfc6762,
https://www.rfc-editor.org/rfc/rfc8375, https://www.icann.org/en/board-activities-and-meetings/materials (``internal``)
and habit."""

_NUMBER = re.compile(r"0x[0-9a-f]*|\d+")
_PLAIN_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


def is_public(host: str) -> bool:
    """Tell whether a URL's host is reachable from anywhere.

    Names need a dot and a public ending (documentation names such as ``example.com`` count as public). Addresses
    must be global; those in decimal, hexadecimal, octal or shortened form never count, since they only hide.
    """
    name = unicodedata.normalize("NFKC", host).casefold().rstrip(".").strip("[]")
    if ":" in name:
        return _is_global(name)
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return bool(_PLAIN_ADDRESS.fullmatch(name)) and _is_global(name) and not _is_octal(labels)
    endings = {labels[-1], ".".join(labels[-2:])}
    return len(labels) > 1 and all(labels) and not endings & PRIVATE_ENDINGS


def _is_octal(labels: list[str]) -> bool:
    return any(len(label) > 1 and label.startswith("0") for label in labels)


def _is_global(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    actual = mapped or parsed
    return actual.is_global and not actual.is_multicast
