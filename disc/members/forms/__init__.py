"""What people type to sign in, to join, and to set a scheme up."""

from disc.members.forms.certifying import WhoWorksHere, read_who_works_here
from disc.members.forms.joining import JoinAtForm, JoinCodeForm, ListForm
from disc.members.forms.managing import (
    BelongingForm,
    InviteForm,
    NameForm,
    RoleForm,
    SuspendForm,
)
from disc.members.forms.rules import AcceptForm, DocumentForm, RenewalForm
from disc.members.forms.setup import (
    AuthorityForm,
    DetailsForm,
    JoinForm,
    PremisesForm,
    SignInForm,
)

__all__ = [
    "AcceptForm",
    "AuthorityForm",
    "BelongingForm",
    "DetailsForm",
    "DocumentForm",
    "InviteForm",
    "JoinAtForm",
    "JoinCodeForm",
    "JoinForm",
    "ListForm",
    "NameForm",
    "PremisesForm",
    "RenewalForm",
    "RoleForm",
    "SignInForm",
    "SuspendForm",
    "WhoWorksHere",
    "read_who_works_here",
]
