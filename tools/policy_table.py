"""Prints docs/roles.md from the policy itself, so that the page cannot say anything else."""

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from disc.access import permissions
from disc.access.actor import TITLES
from disc.access.permissions import Permission
from disc.access.policy import POLICY, Rule
from disc.access.predicates import is_of_own_scheme

BEGINNING = """# Roles and what they may do

This page is printed by `python tools/policy_table.py`, from the table in `disc/access/policy.py`. \
A test fails when the two differ. After a change of the table run \
`python tools/policy_table.py > docs/roles.md`.

A person has one role. What is not in the table is denied to everybody. Each line also asks that \
the thing belongs to the person's own scheme: for other schemes it does not exist. Whoever may not \
do something is answered as if there were nothing there (404). A try that the table refuses is \
written down.

People who work in shops (Member, Author, Investigator, Group Manager) and the police SPOC belong \
to the Areas that they were given. Everybody else serves every Area of their scheme.
"""
ENDING = """
`is_shared_with_police_if_police` leaves every role but the police alone. To the police it opens \
the gallery only where the scheme's agreement says so (`scheme.police_may_see_gallery`, off by \
default).

`see picture` lets a role ask for a picture at all. Which pictures it gets is decided for each of \
them: the gallery shows it, the person sent it, it belongs to a report shared with the police, the \
Board must judge it, or the person moderates the scheme.

Somebody who signed in by PIN on a shared tablet does the daily work of a shop alone, whatever \
their role: own account, gallery, pictures, company, naming, reports and alerts.

`see company` shows at most a name that the reader sees in the gallery too, of a confirmed and \
sound link; see [decision 34](decisions/0034-links-that-two-people-stand-behind.md).

The police never propose, decide, serve or lift an exclusion notice, and never read one. The \
database also refuses a notice that anybody but an Administrator or a Sub-Administrator \
proposed, or anybody but the Board decided.
"""


def main() -> None:
    """Print the page."""
    print(page(), end="")


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join(
        [BEGINNING, *_table(), "", "## What the conditions mean", "", *_conditions()]
    ) + (f"\n{ENDING}")


def _table() -> Iterator[str]:
    meanings = _meanings()
    titles = [*TITLES.values()]
    yield f"| Permission | Meaning | {' | '.join(titles)} | Only if |"
    yield f"|---|---|{'---|' * len(titles)}---|"
    for permission in Permission:
        rule = POLICY[permission]
        marks = ["yes" if role in rule.roles else "" for role in TITLES]
        cells = [permission, meanings[permission.name], *marks, _only_if(rule)]
        yield f"| {' | '.join(cells)} |"


def _only_if(rule: Rule) -> str:
    return ", ".join(f"`{one.__name__}`" for one in rule.when if one is not is_of_own_scheme)


def _conditions() -> Iterator[str]:
    found = {one.__name__: inspect.getdoc(one) for rule in POLICY.values() for one in rule.when}
    for name, meaning in sorted(found.items()):
        yield f"- `{name}`: {(meaning or '').split(chr(10) * 2)[0]}"


def _meanings() -> dict[str, str]:
    """Return the sentence below each permission; Python itself keeps none of them."""
    tree = ast.parse(inspect.getsource(permissions))
    [kind] = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    told: dict[str, str] = {}
    for act, sentence in zip(kind.body, kind.body[1:], strict=False):
        if (
            isinstance(act, ast.Assign)
            and isinstance(act.targets[0], ast.Name)
            and isinstance(sentence, ast.Expr)
            and isinstance(sentence.value, ast.Constant)
        ):
            told[act.targets[0].id] = str(sentence.value.value)
    return told


if __name__ == "__main__":
    main()
