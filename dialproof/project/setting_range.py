"""Ranges of a setting, as they are written on a command line: `dialling.queued_for=5..60`, or `links.isp.holdoff=10..120:10`."""

import re
from dataclasses import dataclass

from dialproof.core.errors import InputError
from dialproof.project.toml_changes import key_path

_WRITTEN = re.compile(r"(?P<key>.+)=(?P<low>-?\d{1,9})\.\.(?P<high>-?\d{1,9})(?::(?P<step>\d{1,9}))?")


@dataclass(frozen=True)
class SettingRange:
    """The setting `key`, as messages write it, and the `values` that it takes, in order and the same step apart."""

    key: str
    values: range

    @property
    def name(self) -> str:
        """The last part of the key: what a formula calls the setting."""
        return str(key_path(self.key)[-1])

    def __str__(self) -> str:
        step = f":{self.values.step}" if self.values.step > 1 else ""
        return f"{self.key}={self.values[0]}..{self.values[-1]}{step}"


def setting_range(text: str) -> SettingRange:
    """The range that `text` means. Raises InputError for a text that is none, and for an empty range."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise InputError(f"`{text}` is no range of a setting; write KEY=LOW..HIGH or KEY=LOW..HIGH:STEP, with whole numbers")
    key_path(found["key"])
    low, high, step = int(found["low"]), int(found["high"]), int(found["step"] or 1)
    if step == 0:
        raise InputError(f"`{text}`: a step of 0 leads nowhere; allowed: 1 or more")
    if low > high:
        raise InputError(f"`{text}` is an empty range: {low} is more than {high}")
    return SettingRange(found["key"], range(low, high + 1, step))
