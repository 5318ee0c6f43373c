"""The verifier's own Ed25519 agrees with RFC 8032 and with a library, and is stricter, never looser."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from review.audit.verify import ed25519_verify

# RFC 8032, section 7.1: secret key, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
        "454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
        "3dca179c138ac17ad9bef1177331a704",
    ),
]
ORDER = 2**252 + 27742317777372353535851937790883648493
FIELD = 2**255 - 19


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    key, text, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).sign(text) == signed
    assert ed25519_verify(key, text, signed)
    assert not ed25519_verify(key, text + b"x", signed)


def keys(seed: bytes) -> tuple[Ed25519PrivateKey, bytes]:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return private, private.public_key().public_bytes_raw()


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_it_agrees_with_a_library_and_no_bit_may_change(seed: bytes, message: bytes, bit: int) -> None:
    private, public = keys(seed)
    signature = private.sign(message)
    assert ed25519_verify(public, message, signature)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert not ed25519_verify(public, message, bytes(changed))


def test_a_scalar_beyond_the_order_is_refused() -> None:
    private, public = keys(bytes(range(32)))
    signature = private.sign(b"message")
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert not ed25519_verify(public, b"message", signature[:32] + scalar.to_bytes(32, "little"))


def test_a_non_canonical_or_tiny_key_is_refused() -> None:
    identity = (1).to_bytes(32, "little")
    zero_signature = identity + bytes(32)
    # With the identity as key every message verifies where small orders are let through.
    for key in (identity, bytes(32), (FIELD - 1).to_bytes(32, "little"), (FIELD + 1).to_bytes(32, "little")):
        assert not ed25519_verify(key, b"any message", zero_signature)
    assert not ed25519_verify((1 | 1 << 255).to_bytes(32, "little"), b"any message", zero_signature)


def test_a_point_that_is_not_on_the_curve_is_refused() -> None:
    assert not ed25519_verify((2).to_bytes(32, "little"), b"", bytes(64))


@pytest.mark.parametrize(("key", "signature"), [(b"short", bytes(64)), (bytes(32), b"short"), (b"", b"")])
def test_wrong_lengths_are_refused(key: bytes, signature: bytes) -> None:
    assert not ed25519_verify(key, b"", signature)
