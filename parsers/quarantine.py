"""What the malware scanner says is written on the parts of an opened item; what is dangerous waits for a person.

Runs at the end of the *open* rung, before anything is read: an infected part keeps its bytes, is marked ``malware``,
is read by nobody and given to no browser.
"""

from __future__ import annotations

from dataclasses import replace

from parsers.malware import ScannerSettings, reason_to_hold, scan_all
from parsers.opening import Opened


def quarantined(opened: Opened, settings: ScannerSettings) -> Opened:
    """The same with its parts marked, and with a reason to isolate the item where there is one. Never raises."""
    scans = scan_all(opened.contents, settings)
    marked = {digest: scan.defects for digest, scan in scans.items() if scan.defects}
    reason = reason_to_hold(scans, settings)
    if not marked and reason is None:
        return opened
    parts = tuple(
        replace(part, defects=tuple(dict.fromkeys((*part.defects, *marked.get(part.digest, ())))))
        for part in opened.submission.parts
    )
    return replace(opened, submission=replace(opened.submission, parts=parts, isolated=reason))
