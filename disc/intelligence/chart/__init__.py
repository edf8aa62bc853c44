"""A link chart's geometry, pure: boxes, lines and words, the same for the same input."""

from disc.intelligence.chart.drawing import draw
from disc.intelligence.chart.shapes import Chart, Edge, Node

__all__ = ["Chart", "Edge", "Node", "draw"]
