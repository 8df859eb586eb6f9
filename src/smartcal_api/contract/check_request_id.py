"""Every answer has a request id, so that one which its header doesn't take would make all of them invalid."""

from collections.abc import Iterator

from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.schemas import Schemas
from smartcal_api.errors import Finding


def request_id(survey: Survey) -> Iterator[Finding]:
    data = survey.document.data
    stated, name = data["x-ids"], data["x-request-id"]["header"].lower()
    specimen = f"{stated['prefixes']['request']}{stated['alphabet'][0] * stated['length']}"
    schemas = Schemas(survey.document)
    seen: set[str] = set()
    for at, response in survey.sound("response"):
        for header, declared in response.get("headers", {}).items():
            if header.lower() != name:
                continue
            _, where = survey.follow(declared, f"{at}/headers/{header}")
            if where in seen or not survey.is_sound(where):
                continue
            seen.add(where)
            if not schemas.at(f"{where}/schema").is_valid(specimen):
                message = f"request ids would be such as {specimen}, which {where}/schema does not take"
                yield Finding("/x-ids", f"{message}; change one of them")
