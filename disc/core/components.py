"""Owns the bridge from page templates to the GOV.UK component macros."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final, cast

from jinja2 import Environment, PackageLoader, PrefixLoader
from markupsafe import Markup, escape

# Only components whose styles are in static/vendor: see tools/vendor/govuk.scss.
MACROS: Final[Mapping[str, str]] = {
    "back-link": "govukBackLink",
    "button": "govukButton",
    "checkboxes": "govukCheckboxes",
    "details": "govukDetails",
    "error-message": "govukErrorMessage",
    "error-summary": "govukErrorSummary",
    "fieldset": "govukFieldset",
    "file-upload": "govukFileUpload",
    "hint": "govukHint",
    "input": "govukInput",
    "inset-text": "govukInsetText",
    "label": "govukLabel",
    "pagination": "govukPagination",
    "panel": "govukPanel",
    "radios": "govukRadios",
    "select": "govukSelect",
    "skip-link": "govukSkipLink",
    "summary-list": "govukSummaryList",
    "table": "govukTable",
    "tag": "govukTag",
    "textarea": "govukTextarea",
    "warning-text": "govukWarningText",
}


class UnknownComponentError(LookupError):
    """Say which component a template asked for and which ones there are."""

    def __init__(self, name: str) -> None:
        """Name the component that is missing and list those that exist."""
        super().__init__(f"no component {name!r}; known: {', '.join(MACROS)}")


def govuk(name: str, params: Mapping[str, object]) -> Markup:
    """Render one GOV.UK component and return its markup.

    `params` are those of the component's own documentation. Text under an
    `html` key is escaped unless it is Markup already. Raises
    UnknownComponentError for a name that is not in MACROS.
    """
    return Markup(_macro(name)(_escaped(params)))  # noqa: S704 - the macros escape  # nosec B704


@cache
def _macro(name: str) -> Callable[[object], str]:
    if name not in MACROS:
        raise UnknownComponentError(name)
    path = f"govuk_frontend_jinja/components/{name}/macro.html"
    module = _environment().get_template(path).module
    return cast("Callable[[object], str]", getattr(module, MACROS[name]))


@cache
def _environment() -> Environment:
    # The macros read parameters that callers leave out, so undefined is lenient here.
    package = PackageLoader("govuk_frontend_jinja")
    return Environment(
        loader=PrefixLoader({"govuk_frontend_jinja": package}),
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _escaped(value: object, key: str = "") -> object:
    """Escape plain text where the macros would trust it as markup."""
    if isinstance(value, Mapping):
        return {name: _escaped(item, str(name)) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_escaped(item, key) for item in value]
    if isinstance(value, str) and (key == "attributes" or key.lower().endswith("html")):
        return escape(value)
    return value
