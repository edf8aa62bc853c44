"""What takes too long for each change: run by itself, never with the rest."""

from tests.browser.conftest import demo

__all__ = ["demo"]
