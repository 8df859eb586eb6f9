"""Which operations are about a resource, by their paths and schemas; `x-resource` states or corrects it (law SRC 3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from smartcal_api.contract.operation import Operation
from smartcal_api.contract.shape import words
from smartcal_api.contract.shape.actions import action_of
from smartcal_api.contract.shape.bodies import answers, body_of
from smartcal_api.contract.shape.described import Described
from smartcal_api.contract.shape.fields import fields
from smartcal_api.contract.shape.filtering import filters
from smartcal_api.contract.shape.happenings import told_by
from smartcal_api.contract.shape.names import called, others, schema_named
from smartcal_api.contract.shape.paths import Shown, above, collection_path, elsewhere, shown_by, tail
from smartcal_api.contract.shape.places import Place, arrays, json_schema, listed, objects
from smartcal_api.contract.shape.reasons import nothing, pair
from smartcal_api.contract.shape.resource import Above, Action, Resource, Role, Use
from smartcal_api.contract.shape.stated import NOTHING, RESOURCE, said

_CHANGES = {"PUT": Role.REPLACE, "PATCH": Role.CHANGE}


@dataclass(frozen=True, slots=True)
class Shapes:
    """Collection → resource, operationId → use; and why an operation has none."""

    resources: Mapping[str, Resource] = field(default_factory=dict)
    uses: Mapping[str, Use] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)


def recognise(contract: Described) -> Shapes:
    """Of a document that `contract.check` found sound."""
    return _Recognition(contract).shapes()


class _Recognition:
    def __init__(self, contract: Described) -> None:
        self._contract, self._document = contract, contract.document
        self._paths: dict[str, dict[str, Operation]] = {}
        for each in contract.operations.values():
            self._paths.setdefault(each.path.rstrip("/"), {})[each.method] = each
        self._names = {schema: name for name, schema in contract.resources.items()}
        self._resources: dict[str, Resource] = {}
        self._uses: dict[str, Use] = {}
        self._reasons: dict[str, str] = {}

    def shapes(self) -> Shapes:
        for path in self._paths:
            listed = collection_path(path)
            if listed is not None:
                self._pair(listed, path)
        for path, methods in self._paths.items():
            for operation in methods.values():
                if operation.id not in self._uses:
                    self._further(path, operation)
        for operation in self._contract.operations.values():
            if operation.id not in self._uses:
                self._reasons.setdefault(operation.id, nothing(operation, self._resources.values()))
        told = told_by(self._document, self._resources, self._contract.about, self._contract.payload)
        lists = [(use.resource.collection, name) for name, use in self._uses.items() if use.role is Role.LIST]
        paths = {collection: self._contract.operations[name].path for collection, name in lists}
        for name, each in self._resources.items():
            self._resources[name] = replace(each, told=told.get(name, {}), listed=paths.get(name))
        uses = {
            name: replace(use, resource=self._resources[use.resource.collection]) for name, use in self._uses.items()
        }
        return Shapes(self._resources, uses, self._reasons)

    # -- a list and an item path

    def _pair(self, listed: str, path: str) -> None:
        items, own = self._paths[path], self._paths.get(listed, {})
        lists = own or elsewhere(self._paths, listed)
        stated = said(self._document, listed, path)
        if stated is None:
            self._leave([*items.values(), *own.values()], f"{RESOURCE} says that it is none")
            return
        shown = shown_by(self._document, lists, items, tail(path), stated.schema)
        known = [each for method, each in items.items() if method in ("GET", "PUT", "PATCH", "DELETE")]
        if not known or not ({"GET", "POST"} & lists.keys() or stated.schema):
            self._leave(items.values(), f"there is no list at {listed or '/'}")
            return
        if shown is None:
            self._leave([*known, *own.values()], f"the schemas of {listed} and {path} have too little in common")
            return
        members = fields(self._document, shown.pointer).members
        parameter = tail(path)
        named = stated.id if stated.id in members else words.identifier(parameter, members)
        if named not in members:
            reason = f"no member is what {{{parameter}}} tells; say which in {RESOURCE}: {{id: …}}"
            self._leave([*known, *own.values()], reason)
            return
        parents = above(listed, members, stated.parents, named)
        resource = self._resource(shown, listed, named, parents, stated.unique)
        why = pair(resource.collection, listed if own else None, path, stated=bool(stated.schema or stated.id))
        self._list(own.get("GET"), shown, resource, parents, why)
        self._post(own.get("POST"), resource, parents, why)
        self._item(items, resource, why)
        put = own.get("PUT")
        if put is not None and (body := body_of(self._document, put, resource)) is not None and named in body[1]:
            self._use(put, Role.REPLACE, resource, parents, f"{why}, by the {named} of the body", body)

    def _list(self, operation: Operation | None, shown: Shown, resource: Resource, parents: Above, why: str) -> None:
        if operation is not None and shown.listed is not None:
            found = filters(self._document, operation, resource)
            self._uses[operation.id] = Use(Role.LIST, resource, parents, why, filters=found, order=operation.order)

    def _post(self, operation: Operation | None, resource: Resource, parents: Above, why: str) -> None:
        if operation is None:
            return
        body = body_of(self._document, operation, resource)
        if body is None:
            self._reasons[operation.id] = f"its body has too little in common with {resource.collection}"
        else:
            self._use(operation, Role.CREATE, resource, parents, why, body)

    def _item(self, items: Mapping[str, Operation], resource: Resource, why: str) -> None:
        for method, operation in items.items():
            if method in _CHANGES:
                body = body_of(self._document, operation, resource)
                if body is None:
                    self._reasons[operation.id] = f"its body has too little in common with {resource.collection}"
                else:
                    self._use(operation, _CHANGES[method], resource, resource.above, why, body)
            elif method == "DELETE":
                self._use(operation, Role.DELETE, resource, resource.above, why)
            elif method == "GET" and answers(self._document, operation, resource):
                self._use(operation, Role.READ, resource, resource.above, why)

    # -- what else is about a resource

    def _further(self, path: str, operation: Operation) -> None:
        """An action of a resource, another list of it, or a list without an item path."""
        action = action_of(self._document, operation)
        if action is not None:
            self._act(path, operation, action)
        elif operation.method in ("GET", "POST") and operation.id not in self._reasons:
            self._other(path, operation)

    def _act(self, path: str, operation: Operation, action: Action) -> None:
        item = path if collection_path(path) else path.rpartition("/")[0]
        listed = collection_path(item)
        resource = next((each for each in self._resources.values() if each.path == listed and each.id), None)
        if resource is None:
            self._reasons[operation.id] = f"x-action acts on a resource, and none is recognised at {item}"
            return
        body = body_of(self._document, operation, resource) if operation.body is not None else None
        self._use(operation, Role.ACT, resource, resource.above, "x-action", body)
        self._uses[operation.id] = replace(self._uses[operation.id], action=action)

    def _other(self, path: str, operation: Operation) -> None:
        stated = said(self._document, path)
        if stated is None:
            self._reasons[operation.id] = f"{RESOURCE} says that it is none"
            return
        if operation.method == "GET":
            schema = json_schema(operation.responses[operation.success].media_types)
            found = list(arrays(self._document, schema))[:1] if schema else []
        else:
            schema = json_schema(operation.body.media_types) if operation.body else None
            found = list(objects(self._document, schema))[:1] if schema else []
        for place in found:
            resource = self._same(place)
            if resource is not None and self._reaches(operation, path, resource):
                members = fields(self._document, resource.pointer).members
                parents = above(path, members, stated.parents, resource.id)
                why = f"{path} is of {resource.collection}, too"
                if operation.method == "POST":
                    self._post(operation, resource, parents, why)
                else:
                    self._list(operation, Shown(resource.pointer, place), resource, parents, why)
            elif resource is None and operation.method == "GET" and listed(place, path):
                self._lone(path, operation, place, stated.parents)

    def _lone(self, path: str, operation: Operation, place: Place, stated: Mapping[str, str]) -> None:
        """A list of what has no path of its own: it is read, and added to where it has ids and a POST is of it; unless
        nothing tells those of one parent from those of another."""
        shown, members = Shown(place.pointer, place), fields(self._document, place.pointer).members
        named = words.identifier("id", members)
        parents = above(path, members, stated, named)
        if named is None and None in parents.values():
            return
        resource = self._resource(shown, path, named, parents, ())
        why = f"{path} lists {resource.collection}, and no path is that of one"
        self._list(operation, shown, resource, parents, why)
        post = self._paths[path].get("POST")
        if named is not None and post is not None and body_of(self._document, post, resource) is not None:
            self._post(post, resource, parents, f"{path} is a list of {resource.collection}")

    def _same(self, place: Place) -> Resource | None:
        """The resource that is shown by this very schema, one of `components`."""
        if schema_named(place.pointer) is None:
            return None
        return next((each for each in self._resources.values() if each.pointer == place.pointer and each.id), None)

    def _reaches(self, operation: Operation, path: str, resource: Resource) -> bool:
        """Whether members of the resource tell whatever the path and the query ask for."""
        if any(member is None for member in resource.above.values()):
            return False
        stated = said(self._document, path) or NOTHING
        members = fields(self._document, resource.pointer).members
        parents = above(path, members, stated.parents, resource.id)
        chosen = {each.parameter for each in filters(self._document, operation, resource)}
        wanted = {each.name for each in operation.parameters if each.location == "query" and each.required}
        return None not in parents.values() and wanted <= chosen

    # -- parts

    def _resource(
        self, shown: Shown, path: str, named: str | None, parents: Above, unique: tuple[str, ...]
    ) -> Resource:
        """The one that is known of this schema already, unless it is kept apart by what stands above it."""
        schema = schema_named(shown.pointer)
        name = self._names.get(schema, schema) if schema is not None else called(path, 1)
        known = self._resources.get(name)
        if known is not None:
            alike = known.pointer == shown.pointer and known.id == named
            if alike and None not in (*known.above.values(), *parents.values()):
                return known
            name = next(each for each in others(name, path) if each not in self._resources)
        self._resources[name] = Resource(name, shown.pointer, named, path, parents, unique)
        return self._resources[name]

    def _use(
        self,
        operation: Operation,
        role: Role,
        resource: Resource,
        parents: Above,
        why: str,
        body: tuple[tuple[str, ...], Mapping[str, bool]] | None = None,
    ) -> None:
        path, taken = body if body is not None else (None, {})
        form = operation.body is not None and json_schema(operation.body.media_types) is None
        self._uses[operation.id] = Use(role, resource, parents, why, path, taken, form=form)

    def _leave(self, operations: Iterable[Operation], reason: str) -> None:
        for each in operations:
            self._reasons.setdefault(each.id, reason)
