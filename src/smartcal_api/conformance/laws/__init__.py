"""All laws, family by family. A module's table `LAWS` is added here."""

from smartcal_api.conformance.law import Law
from smartcal_api.conformance.laws import auth, errors, filters, paging, responses, scope

ALL: tuple[Law, ...] = (*responses.LAWS, *paging.LAWS, *filters.LAWS, *auth.LAWS, *scope.LAWS, *errors.LAWS)
