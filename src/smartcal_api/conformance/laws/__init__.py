"""All laws, family by family. A module's table `LAWS` is added here."""

from smartcal_api.conformance.law import Law
from smartcal_api.conformance.laws import paging, responses

ALL: tuple[Law, ...] = (*responses.LAWS, *paging.LAWS)
