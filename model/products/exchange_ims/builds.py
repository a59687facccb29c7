"""Builds: the file versions of Msexcimc.exe that matter."""

from model.fault import Build

Q230051_FIXED_IN: Build = (5, 5, 2591, 0)
"""The first build of Msexcimc.exe and Imcmsg.dll without the fault of Q230051."""
