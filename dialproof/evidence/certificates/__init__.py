"""Certificates as files: what establishes a claim, so that somebody else can check it with other tools, years later."""

from dialproof.evidence.certificates.folder import CertificateFiles, read
from dialproof.evidence.certificates.plain import digest
from dialproof.evidence.certificates.writing import write

__all__ = ["CertificateFiles", "digest", "read", "write"]
