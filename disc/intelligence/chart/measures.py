"""How large the parts of a chart are, in its own units, and how a line is made of them."""

from disc.intelligence.chart.shapes import SIZES, Edge, Line, Place, fit

BOX = (164.0, 48.0)
WORDS = (130.0, 36.0)
BEND = 34.0
"""From a box to where its lines have reached the rows that they lead to."""
GAP = BEND + WORDS[0] + 8
"""From one column's boxes to the next one's; four columns fit on a laptop."""
ROW, ROOMY_ROW = 66.0, 96.0
"""From one row to the next; where lines cross, their words fit between two rows."""
MARGIN = 16.0
OUTER = WORDS[0] + 16
"""Beside the outermost boxes, where lines lead from one of them to another."""


def make_line(edge: Edge, path: str, words: Place, bend: Place | None = None) -> Line:
    """Return an edge as a line, its words shortened to their place."""
    return Line(
        edge=edge,
        path=path,
        words=words,
        above=fit(edge.above, WORDS[0], SIZES["words"]),
        below=fit(edge.below, WORDS[0], SIZES["words"]),
        bend=bend,
    )
