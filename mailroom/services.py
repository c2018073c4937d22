"""What each service needs (domain, part A), and what a submission lacks of it. A table and one pure function."""

from __future__ import annotations

from collections.abc import Set

from mailroom.decision import Requirement as R
from mailroom.decision import Sector, Service, Topic

NEEDS: dict[Service, tuple[R, ...]] = {
    Service.INFORMATION: (R.CONTACT,),
    Service.REPORT: (R.CONTACT,),
    Service.SMART_INFO: (R.TAX_CODE, R.POD_OR_PDR, R.IDENTITY_DOCUMENT, R.SIGNATURE),
    Service.SMART_HELP: (R.TAX_CODE, R.POD_OR_PDR, R.SUPPLIER, R.PRIOR_COMPLAINT),
    Service.WATER_COMPLAINT: (R.TAX_CODE, R.SUPPLIER, R.PRIOR_COMPLAINT),
    Service.CONCILIATION: (R.TAX_CODE, R.POD_OR_PDR, R.IDENTITY_DOCUMENT, R.SUPPLIER, R.PRIOR_COMPLAINT),
}
QUEUES: dict[Service, str] = {
    Service.CONCILIATION: "conciliation",
    Service.SMART_HELP: "special_procedures",
    Service.SMART_INFO: "special_procedures",
    Service.WATER_COMPLAINT: "water_complaints",
    Service.REPORT: "reports",
    Service.INFORMATION: "information",
}
"""Who handles a case on-line: conciliations have conciliators of their own, the Smart services are the Portal's
special procedures (docs/portal-api.yaml, ``queue``)."""
WITHOUT_POINT_OF_DELIVERY = frozenset({Sector.WATER, Sector.DISTRICT_HEATING, Sector.WASTE})
"""Sectors that know neither POD nor PDR."""


def needs(service: Service, sector: Sector, topic: Topic) -> tuple[R, ...]:
    """Requirements of a service for this sector and topic."""
    needed = NEEDS[service]
    asks_supplier = service is Service.SMART_INFO and topic is Topic.SUPPLIER_IDENTITY
    if asks_supplier or sector in WITHOUT_POINT_OF_DELIVERY:
        needed = tuple(r for r in needed if r is not R.POD_OR_PDR)
    return needed


def missing(service: Service, sector: Sector, topic: Topic, brought: Set[R]) -> tuple[R, ...]:
    """What is needed and was not brought, in the order of the table."""
    return tuple(r for r in needs(service, sector, topic) if r not in brought)
