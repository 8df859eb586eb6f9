"""What each `format` looks like: only names, addresses and numbers that are reserved for examples."""

from base64 import b64encode
from collections.abc import Mapping
from uuid import UUID

from smartcal_api.mock import moments
from smartcal_api.mock.names import Text, phone
from smartcal_api.mock.source import Source


def _uri(source: Source) -> str:
    return f"https://example.com/{source.fake.slug()}"


def _email(source: Source) -> str:
    return str(source.fake.ascii_safe_email())


def _hostname(source: Source) -> str:
    return f"{source.fake.domain_word()}.example.com"


def _uuid(source: Source) -> str:
    return str(UUID(int=source.random.getrandbits(128), version=4))


def _ipv4(source: Source) -> str:
    network = source.random.choice(("192.0.2", "198.51.100", "203.0.113"))  # RFC 5737
    return f"{network}.{source.random.randint(1, 254)}"


def _ipv6(source: Source) -> str:
    return f"2001:db8::{source.random.randint(1, 0xFFFF):x}"  # RFC 3849


# format → what to try, in this order, until one satisfies the schema.
FORMATS: Mapping[str, tuple[Text, ...]] = {
    "byte": (lambda s: b64encode(s.random.randbytes(12)).decode("ascii"),),
    "date": (moments.date,),
    "date-time": (moments.date_time,),
    "duration": (lambda s: f"PT{15 * s.random.randint(1, 8)}M",),
    "email": (
        _email,
        lambda s: f"{s.fake.first_name().lower()}@example.com",
        lambda _: "a@example.com",
        lambda _: "a@b.test",
    ),
    "hostname": (_hostname, lambda _: "example.com"),
    "idn-email": (_email,),
    "idn-hostname": (_hostname,),
    "ipv4": (_ipv4,),
    "ipv6": (_ipv6,),
    "iri": (_uri,),
    "iri-reference": (_uri,),
    "json-pointer": (lambda s: f"/{s.fake.word()}/{s.random.randrange(10)}",),
    "password": (lambda s: s.fake.bothify("??????-####"),),
    "phone": (phone,),
    "regex": (lambda s: f"^{s.fake.word()}$",),
    "relative-json-pointer": (lambda s: f"{s.random.randint(1, 3)}/{s.fake.word()}",),
    "time": (moments.time,),
    "timezone": (lambda s: s.fake.timezone(),),
    "uri": (_uri, lambda s: f"https://example.com/{s.fake.word()}", lambda _: "https://example.com/"),
    "uri-reference": (_uri, lambda s: f"/{s.fake.slug()}", lambda s: f"/{s.fake.word()}"),
    "uri-template": (lambda s: f"https://example.com/{s.fake.word()}/{{id}}",),
    "url": (_uri, lambda _: "https://example.com/"),
    "uuid": (_uuid,),
}
