"""Tokens of a timestamping authority over a checkpoint's file: asking for one and judging the reply (RFC 3161)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

SHA256 = "2.16.840.1.101.3.4.2.1"


class BadReply(ValueError):
    """A reply that proves nothing of what was asked, with the reason in a sentence."""


class BadCertificate(ValueError):
    """ASSAY_TSA_CERTIFICATE names no file with certificates."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """A reply that holds: its bytes, and what the authority's clock said."""

    reply: bytes
    at: datetime


def request(file: bytes) -> TimeStampRequest:
    """A request over the SHA-256 of a file's bytes, with a nonce, for a token that carries its certificate."""
    builder = TimestampRequestBuilder().data(file).hash_algorithm(HashAlgorithm.SHA256)
    return builder.cert_request(cert_request=True).build()


def certificates(path: str) -> tuple[Certificate, ...]:
    """The certificates of a PEM file, none where no file is named."""
    if not path:
        return ()
    try:
        return tuple(load_pem_x509_certificates(Path(path).read_bytes()))
    except (OSError, ValueError) as error:
        raise BadCertificate("ASSAY_TSA_CERTIFICATE names no file with certificates in PEM form.") from error


def judged(reply: bytes, asked: TimeStampRequest, file: bytes, trusted: tuple[Certificate, ...]) -> Stamped:
    """The reply, if it was granted over these bytes in answer to this request; BadReply otherwise.

    With certificates its signature must lead to one of them; without, the signature is not looked at.
    """
    try:
        answer = decode_timestamp_response(reply)
        at = _judge(answer, asked, file)
    except ValueError as error:
        if isinstance(error, BadReply):
            raise
        raise BadReply("What the authority sent is no reply to a timestamp request.") from error
    if trusted:
        _check_signature(answer, asked, file, trusted)
    return Stamped(reply, at)


def _judge(answer: TimeStampResponse, asked: TimeStampRequest, file: bytes) -> datetime:
    if answer.status != PKIStatus.GRANTED:
        raise BadReply("The authority did not grant a token.")
    told = answer.tst_info
    if told.nonce != asked.nonce:
        raise BadReply("The token answers another request: its nonce differs.")
    imprint = told.message_imprint
    if imprint.hash_algorithm.dotted_string != SHA256 or imprint.message != hashlib.sha256(file).digest():
        raise BadReply("The token is of another file: its imprint differs.")
    return told.gen_time


def _check_signature(
    answer: TimeStampResponse, asked: TimeStampRequest, file: bytes, trusted: tuple[Certificate, ...]
) -> None:
    builder = VerifierBuilder(nonce=asked.nonce, roots=list(trusted))
    try:
        builder.build().verify_message(answer, file)
    except (VerificationError, ValueError) as error:
        raise BadReply("The token's signature does not lead to a certificate that is trusted here.") from error
