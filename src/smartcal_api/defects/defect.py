"""What a seeded defect is: a function of a few lines, and the law that a server breaks once it is planted."""

from collections.abc import Callable
from dataclasses import dataclass

from smartcal_api.defects.subject import Subject

Plant = Callable[[Subject], None]


@dataclass(frozen=True, slots=True)
class Defect:
    """`beside` are laws that a check of `law` needs to run first, where that one looks at the answers to others.
    `decided` are defects that differ from a choice of the contract alone: a plain verdict lists them and doesn't
    count them, and must count all others."""

    name: str
    law: str
    says: str
    plant: Plant
    beside: tuple[str, ...] = ()
    decided: bool = False

    @property
    def family(self) -> str:
        return self.law.split()[0]


def defect(law: str, says: str, *, beside: tuple[str, ...] = (), decided: bool = False) -> Callable[[Plant], Defect]:
    """Makes a defect of the function below it, named as that is. The module's table `DEFECTS` is what is read."""
    return lambda plant: Defect(plant.__name__.replace("_", "-"), law, says, plant, beside, decided)
