"""The methods that an operation can have, as the members of a path item name them."""

FIXED = ("get", "put", "post", "delete", "options", "head", "patch", "query")
"""`query` is of OpenAPI 3.2; `trace` isn't served."""
ADDITIONAL = (
    *("ACL", "BIND", "CHECKOUT", "COPY", "LINK", "LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MOVE"),
    *("NOTIFY", "PROPFIND", "PROPPATCH", "PURGE", "REBIND", "REPORT", "SEARCH", "SUBSCRIBE", "UNBIND", "UNLINK"),
    *("UNLOCK", "UNSUBSCRIBE"),
)
"""Those of `additionalOperations` that a server of HTTP/1.1 knows."""
METHODS = (*FIXED, *ADDITIONAL)
