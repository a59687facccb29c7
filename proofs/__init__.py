"""Why each claim is believed: theorems that pytest runs, and the ledger of expected verdicts."""
