"""What people type: the public, the manager who answers them, and whoever reads the audit."""

from disc.dataprotection.forms.audit import (
    ExportForm,
    HideForm,
    LeakForm,
    SearchForm,
    ViewerForm,
)
from disc.dataprotection.forms.public import KINDS, AskForm, DecideForm

__all__ = [
    "KINDS",
    "AskForm",
    "DecideForm",
    "ExportForm",
    "HideForm",
    "LeakForm",
    "SearchForm",
    "ViewerForm",
]
