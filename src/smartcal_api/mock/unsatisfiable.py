"""The one way in which making a value fails."""


class Unsatisfiable(ValueError):
    """No value was found for a schema.

    `where` is the place inside the schema: `/properties/code`, or `#/components/schemas/Event/properties/code` behind a
    reference. `cause` says what stood in the way. The message adds what to do next.
    """

    def __init__(self, where: str, cause: str) -> None:
        self.where = where or "/"
        self.cause = cause
        super().__init__(f"{self.where}: {cause}; give the schema an example, or loosen it")
