"""Whether a page bears anything: a sheet fed face down still has its fax header, specks and the scanner's edges."""

from __future__ import annotations

import numpy as np

from parsers.page_marks import Marks

_HEADER_INCHES = 0.33
_EDGE_INCHES = 0.12
_SPECK_INCHES = 0.045
"""Smaller than this both ways is dust, or the dot of an i, which never comes alone."""
_MARKS = 6
_AREA_SQUARE_INCHES = 0.06


def is_blank(marks: Marks) -> bool:
    """A few marks of a letter's size make a page; any number of specks doesn't."""
    rows, columns = marks.shape
    edge, header = _EDGE_INCHES * marks.dpi, _HEADER_INCHES * marks.dpi
    longer = np.maximum(marks.width, marks.height)
    inside = (
        (marks.top + marks.height > header)
        & (marks.top + marks.height < rows - edge)
        & (marks.left > edge)
        & (marks.left + marks.width < columns - edge)
    )
    # What touches the edges and runs along them is the scanner's; a picture that fills the sheet is not.
    large = (marks.area > 0.02 * rows * columns) & (np.minimum(marks.width, marks.height) > 0.5 * marks.dpi)
    real = (inside & (longer > _SPECK_INCHES * marks.dpi)) | large
    return int(real.sum()) < _MARKS and float(marks.area[real].sum()) < _AREA_SQUARE_INCHES * marks.dpi**2
