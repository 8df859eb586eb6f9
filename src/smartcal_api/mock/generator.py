"""The door to generated values: SRC 3 (operations without a handler) and SRC 5 (repair)."""

from collections.abc import Mapping
from typing import Any

from smartcal_api.mock.merging import Schema
from smartcal_api.mock.place import Place
from smartcal_api.mock.schemas import Schemas
from smartcal_api.mock.source import Fakes
from smartcal_api.mock.walk import Walk


class ValueGenerator:
    """Makes JSON values for the schemas of one OpenAPI document.

    `document` is the whole document as a plain dict with local references alone; it must not change afterwards.
    Compiled validators and Faker are kept inside the instance, so keep the instance. For one thread at a time.
    """

    def __init__(self, document: Mapping[str, Any], *, seed: int) -> None:
        self.schemas = Schemas(document)
        self._fakes = Fakes()
        self._seed = seed

    def value(self, schema: Schema, *, salt: str, name: str = "", stated: bool = False) -> Any:
        """A JSON value that is valid against `schema`: a function of document, seed, and what it is given alone.

        `name` is the property's name, a hint for realism. With `stated`, what the author wrote by hand comes first:
        examples and defaults, at any depth. Raises `Unsatisfiable`, naming the place in the schema.
        """
        return Walk(self.schemas, self._fakes, stated=stated).make(schema, Place.root(self._seed, salt, name))
