"""The methods that an operation can have, as the members of a path item name them."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "query")
"""`query` is of OpenAPI 3.2; `trace` isn't served."""
