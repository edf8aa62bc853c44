"""What links learn of others: whom an accepted report is about, and who was erased."""

from disc.core.outbox import hears
from disc.core.transaction import writing
from disc.gallery.events import SubjectErased
from disc.incidents.events import ReportAccepted
from disc.intelligence import service
from disc.intelligence.queries import every_association_of


@hears(ReportAccepted)
def suggest_company(accepted: ReportAccepted) -> None:
    """Suggest links between the people whom one accepted report is about."""
    with writing():
        service.suggest_from_report(accepted.incident_id)


@hears(SubjectErased)
def erase_with_subject(erased: SubjectErased) -> None:
    """Erase the links of a Subject who was erased."""
    with writing():
        for link in every_association_of(erased.subject_id):
            service.erase_link(link)
