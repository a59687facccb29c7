"""Certificates as files: what establishes a claim, so that somebody else can check it with other tools, years later."""

from dialproof.certificates.folder import CertificateFiles, read
from dialproof.certificates.plain import digest
from dialproof.certificates.writing import write

__all__ = ["CertificateFiles", "digest", "read", "write"]
