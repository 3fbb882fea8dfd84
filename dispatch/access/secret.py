"""Secrets that people and devices carry: tokens, one-time codes, and what is stored of them."""

import hashlib
from base64 import urlsafe_b64encode

TOKEN_BYTES = 32
CODE_BYTES = 7  # of which 50 bits are used: ten characters that survive being read over the telephone
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def token_from(chance: bytes) -> str:
    return "pq_" + urlsafe_b64encode(chance).rstrip(b"=").decode()


def code_from(chance: bytes) -> str:
    """Ten characters in two groups, as `K7Q2M-0XWZ4`."""
    number = int.from_bytes(chance)
    characters = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(10))
    return f"{characters[:5]}-{characters[5:]}"


def as_meant(code: str) -> str:
    """A code as it was issued, however it was typed."""
    kept = "".join(character for character in code.upper() if character.isalnum()).translate(_MISREAD)
    return f"{kept[:5]}-{kept[5:]}"


def stored_form(secret: str) -> bytes:
    """SHA-256 is enough: the secrets are random and long, so there is nothing to guess."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
