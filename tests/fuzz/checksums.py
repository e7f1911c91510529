"""Checksums of HDF5's newer structures, put right after a change: else HDF5 would refuse every one at once.

Bob Jenkins' lookup3 (public domain), which the HDF5 File Format Specification names for them.
"""

import re

SIGNATURES = re.compile(
    rb"\x89HDF\r\n\x1a\n[\x02\x03]|OHDR|OCHK|FRHP|FHDB|FHIB|BTHD|BTLF|BTIN|FAHD|FADB|EAHD|EAIB|EADB"
)
LONGEST = 2048
_MASK = 0xFFFFFFFF
_MIX = [(0, 2, 4, 1), (1, 0, 6, 2), (2, 1, 8, 0), (0, 2, 16, 1), (1, 0, 19, 2), (2, 1, 4, 0)]
_FINAL = [(2, 1, 14), (0, 2, 11), (1, 0, 25), (2, 1, 16), (0, 2, 4), (1, 0, 14), (2, 1, 24)]


def lookup3(data: bytes) -> int:
    """The checksum of bytes."""
    state = [(0xDEADBEEF + len(data)) & _MASK] * 3
    blocks = max(0, (len(data) - 1) // 12)
    for block in range(blocks + bool(data)):
        piece = data[12 * block : 12 * block + 12].ljust(12, b"\0")
        for word in range(3):
            state[word] = (state[word] + int.from_bytes(piece[4 * word : 4 * word + 4], "little")) & _MASK
        if block < blocks:
            for first, second, shift, third in _MIX:
                state[first] = ((state[first] - state[second]) & _MASK) ^ _rotated(state[second], shift)
                state[second] = (state[second] + state[third]) & _MASK
        else:
            for first, second, shift in _FINAL:
                state[first] = ((state[first] ^ state[second]) - _rotated(state[second], shift)) & _MASK
    return state[2]


def sealed_blocks(data: bytes) -> list[tuple[int, int]]:
    """First byte and checksum of each structure that has one."""
    found = []
    for signature in SIGNATURES.finditer(data):
        start = signature.start()
        for stop in range(start + 8, min(start + LONGEST, len(data) - 3)):
            if lookup3(data[start:stop]) == int.from_bytes(data[stop : stop + 4], "little"):
                found.append((start, stop))
                break
    return found


def sealed(data: bytes, original: bytes, blocks: list[tuple[int, int]]) -> bytes:
    """`data` with the checksums put right of those `blocks` that differ from the `original`."""
    changed = bytearray(data)
    for start, stop in blocks:
        if stop + 4 <= len(changed) and changed[start:stop] != original[start:stop]:
            changed[stop : stop + 4] = lookup3(bytes(changed[start:stop])).to_bytes(4, "little")
    return bytes(changed)


def _rotated(word: int, bits: int) -> int:
    return (word << bits | word >> (32 - bits)) & _MASK
