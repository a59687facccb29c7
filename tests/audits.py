"""Whether a certificate is worth anything: in tests as everywhere, that is for the audit to say."""

from dialproof.core.certificates import Certificate
from dialproof.core.errors import AuditError
from dialproof.encode.problem import Problem
from dialproof.evidence.audit import audit


def is_accepted(problem: Problem, certificate: Certificate) -> bool:
    """Whether the audit accepts it: what Spacer says is not believed, and in a long-lived process it may be wrong."""
    try:
        audit(problem, certificate)
    except AuditError:
        return False
    return True
