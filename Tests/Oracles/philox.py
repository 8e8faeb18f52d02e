"""Philox4x32-10 in twenty lines, against the known answers of Random123 and, printed, the vectors our tests use.

Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A block is a bijection of a counter
of four 32-bit words under a key of two. Run it to check the known answers and print the table in PhiloxTests.swift.
"""

MASK = 0xFFFFFFFF
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)  # golden ratio and sqrt(3) - 1, as 32-bit fractions


def philox4x32(counter, key, rounds=10):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(rounds):
        product0 = MULTIPLIERS[0] * c0
        product1 = MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (
            (product1 >> 32) ^ c1 ^ k0,
            product1 & MASK,
            (product0 >> 32) ^ c3 ^ k1,
            product0 & MASK,
        )
        k0, k1 = (k0 + WEYL[0]) & MASK, (k1 + WEYL[1]) & MASK
    return c0, c1, c2, c3


# Random123, kat_vectors, "philox4x32 10": counter, key, answer. The last counter and key are digits of pi.
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((MASK,) * 4, (MASK,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]

# Counters and keys in which every word differs, so that no two could be exchanged unnoticed.
OURS = [
    ((1, 2, 3, 4), (5, 6)),
    ((0xDEADBEEF, 0, 0x01000000, 0x00010000), (42, 0)),
    ((7, 0, 0, 0x00020000), (0, 0x80000000)),
]

if __name__ == "__main__":
    for counter, key, answer in KNOWN_ANSWERS:
        assert philox4x32(counter, key) == answer, (counter, key)
    for counter, key in [(c, k) for c, k, _ in KNOWN_ANSWERS] + OURS:
        words = [*counter, *key, *philox4x32(counter, key)]
        print(", ".join(f"0x{word:08X}" for word in words))
