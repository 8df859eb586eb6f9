"""Where a text takes its material from: randomness and Faker, both a function of the place alone."""

from functools import cached_property
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING, Any

from smartcal_api.mock.place import Place

if TYPE_CHECKING:
    from faker import Faker

# The providers that the tables use, without the locales and the clock-reading ones that a full Faker() brings.
_PROVIDERS = ("address", "color", "company", "currency", "date_time", "internet", "job", "lorem", "misc", "person")


class Fakes:
    """One Faker, made when first needed (its import takes about 0.1 s) and seeded anew for each value."""

    def __init__(self) -> None:
        self._faker: Any = None

    def seeded(self, key: bytes) -> "Faker":
        if self._faker is None:
            from faker.generator import Generator

            self._faker = Generator()
            for name in _PROVIDERS:
                self._faker.add_provider(import_module(f"faker.providers.{name}.en_US").Provider)
        faker: Faker = self._faker.seed_instance(int.from_bytes(key))
        return faker


class Source:
    """What one value draws from."""

    def __init__(self, place: Place, fakes: Fakes) -> None:
        self.place = place
        self._fakes = fakes

    @property
    def name(self) -> str:
        return self.place.name

    @cached_property
    def random(self) -> Random:
        return self.place.random()

    @property
    def shared(self) -> Random:
        """The same for all members of one object, so that what belongs together (start, end) can agree."""
        return Random(int.from_bytes(self.place.parent))

    @cached_property
    def fake(self) -> "Faker":
        return self._fakes.seeded(self.place.key)
