"""What the query of a list selects: as `x-filter` states it, or by the name of a member."""

from smartcal_api.contract.document import Document
from smartcal_api.contract.filters import EQUALS, ONE_OF, Clause, Filter
from smartcal_api.contract.operation import Operation
from smartcal_api.contract.parameter import Parameter
from smartcal_api.contract.shape import words
from smartcal_api.contract.shape.fields import Field, end_of, fields, types_of
from smartcal_api.contract.shape.resource import Resource

_SCALARS = frozenset({"string", "integer", "number", "boolean", "null"})


def filters(document: Document, operation: Operation, resource: Resource) -> tuple[Filter, ...]:
    """A parameter that is called as a member, and has its type, selects what is equal to it, or one of several."""
    members = {words.plain(name): each for name, each in fields(document, resource.pointer).members.items()}
    found = []
    for each in operation.parameters:
        if each.location != "query":
            continue
        if each.filter is not None:
            found.append(each.filter)
        elif (member := members.get(words.plain(each.name))) is not None:
            comparison = _comparison(document, each, member)
            if comparison is not None:
                found.append(Filter(each.name, (Clause(member.name, comparison),)))
    return tuple(found)


def _comparison(document: Document, parameter: Parameter, member: Field) -> str | None:
    wanted, has = types_of(document, parameter.schema), member.types
    if not has or not has <= _SCALARS:
        return None
    if wanted == {"array"}:
        each = types_of(document, document.resolve(f"#{end_of(document, f'{parameter.pointer}/items')}"))
        return ONE_OF if each and each <= has else None
    return EQUALS if wanted and wanted <= has else None
