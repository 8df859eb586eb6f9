"""All laws, family by family. A module's table `LAWS` is added here."""

from smartcal_api.conformance.law import Law
from smartcal_api.conformance.laws import (
    auth,
    bookings,
    errors,
    failures,
    filters,
    fuzzing,
    links,
    paging,
    rates,
    responses,
    scope,
    state,
    windows,
)

ALL: tuple[Law, ...] = (
    *auth.LAWS,
    *scope.LAWS,
    *bookings.LAWS,
    *filters.LAWS,
    *paging.LAWS,
    *links.LAWS,
    *windows.LAWS,
    *rates.LAWS,
    *state.LAWS,
    *errors.LAWS,
    *failures.LAWS,
    *fuzzing.LAWS,
    *responses.LAWS,
)
