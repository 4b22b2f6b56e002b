"""CRC-32 of a concatenation from the CRC-32 of its parts, so that parts can be made in any order and thread.

Polynomial arithmetic modulo the CRC-32 polynomial, bits reflected: appending n bytes multiplies by x^(8n).
"""

from __future__ import annotations

from functools import lru_cache

_POLYNOMIAL = 0xEDB88320
_ONE = 1 << 31
_LOW = (1 << 10) - 1


def _multiply(a: int, b: int) -> int:
    """Product of two reflected polynomials modulo the CRC polynomial."""
    product = 0
    while a:
        if a & _ONE:
            product ^= b
        a = (a << 1) & 0xFFFFFFFF
        b = (b >> 1) ^ _POLYNOMIAL if b & 1 else b >> 1
    return product


@lru_cache(maxsize=64)
def _power_of_two(exponent: int) -> int:
    """x^(2^exponent)."""
    return _ONE >> 1 if exponent == 0 else _multiply(_power_of_two(exponent - 1), _power_of_two(exponent - 1))


@lru_cache(maxsize=4096)
def _shift(num_bytes: int) -> int:
    """x^(8 * num_bytes)."""
    power, exponent = _ONE, 3
    while num_bytes:
        if num_bytes & 1:
            power = _multiply(power, _power_of_two(exponent))
        num_bytes >>= 1
        exponent += 1
    return power


def appended_crc32(crc: int, part_crc: int, num_bytes: int) -> int:
    """CRC-32 of something followed by a part, which is given by its CRC-32 and its length in bytes."""
    low = num_bytes & _LOW
    for step in (num_bytes - low, low):  # the lengths of rows differ, these parts of them seldom do
        if step:
            crc = _multiply(_shift(step), crc)
    return crc ^ part_crc
