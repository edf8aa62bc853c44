"""Every act that the code writes down has words for whoever reads the audit."""

import ast
from collections.abc import Iterator

from config import ROOT
from disc.access.acts import WORDS
from disc.members.proving import again

MADE_OF_PARTS = {"pictures judged "}
"""Acts whose last word is a verdict; each of them is in the words."""


def acts_written_down() -> Iterator[str]:
    for file in (ROOT / "disc").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                yield from _literals(_act_of(node))


def _act_of(call: ast.Call) -> ast.expr | None:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name == "by" and len(call.args) > 1:
        return call.args[1]
    named = [word.value for word in call.keywords if word.arg == "act"]
    return named[0] if name == "Entry" and named else None


def _literals(act: ast.expr | None) -> Iterator[str]:
    for node in ast.walk(act) if act is not None else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_every_act_has_words() -> None:
    written = set(acts_written_down()) | {again.FAILED}
    assert len(written) > 60
    assert written - MADE_OF_PARTS - set(WORDS) == set()
    assert all(
        f"{act}{verdict}" in WORDS for act in MADE_OF_PARTS for verdict in ("same", "different")
    )
