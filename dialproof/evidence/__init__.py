"""Why a verdict is believed: replay, audit, certificates on disk, what a proof rests on. No engine is imported here."""
