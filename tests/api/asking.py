"""Schemathesis over the real application: what is described is taken, all else is refused."""

from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.api.systems import body_for, system
from tests.browsers import _as_server
from tests.pictures import picture
from tests.world import Place

PREFIX = "/api/v1"
load_all_checks()
NOT_ASKED = CHECKS.get_by_names(["positive_data_acceptance", "ignored_auth"])
"""A good shape may still be refused for what it says, such as a time to come; and that nothing
opens without a key is tried apart, for each route."""


def ask_everything(app: Flask, place: Place, *, examples: int) -> int:
    """Send so many good and bad requests to each operation; return how many operations there are.

    The key is of the sandbox, for which every operation is there.
    """
    sender = system(app, place, sandbox=True)
    [shop] = sender.get(f"{PREFIX}/codes").json["premises"]
    report_id = sender.report(body_for(place, premises_id=shop["id"])).json["id"]
    sender.attach(report_id, picture(1))
    schema = _as_server(schemathesis.openapi.from_wsgi, f"{PREFIX}/openapi.json", app)
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode is GenerationMode.NEGATIVE and not _can_be_wrong(operation):
                continue
            found = operation.as_strategy(generation_mode=mode)
            known = report_id if mode is GenerationMode.POSITIVE else None
            _ask(found, sender.secret, examples, known)
        asked += 1
    return asked


def _can_be_wrong(operation: Any) -> bool:
    """Say whether an operation takes anything at all."""
    return bool(operation.definition.raw.get("parameters"))


def _ask(strategy: Any, secret: str, examples: int, report_id: str | None) -> None:
    """Send what the strategy makes; a good request is about a report that is there."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def send(case: Any) -> None:
        if report_id and "report_id" in (case.path_parameters or {}):
            case.path_parameters["report_id"] = report_id
        # Part of the case: a missing key that is sent after all would count as wrong, and be taken.
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {secret}"}
        answer = _as_server(case.call)
        case.validate_response(answer, excluded_checks=NOT_ASKED)

    send()
