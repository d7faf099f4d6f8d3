"""How arguments leave a request: our JSON reader, and validation faults as JSON Pointers.

The one place that knows webargs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NoReturn

import marshmallow as ma
from flask import Request
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from api.errors import InvalidRequest, NotJson
from api.rest.examples import example_of
from api.rest.text import parse

BODY = "json"
EVERYTHING = "_schema"


class StrictParser(FlaskParser):
    """Read bodies as strict UTF-8 JSON and report every fault at once."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {  # type: ignore[misc]
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": ma.RAISE,
    }

    def _raw_load_json(self, req: Request) -> Any:
        if not req.is_json:
            raise UnsupportedMediaType
        body = req.get_data(cache=True)
        if not body.strip():
            raise NotJson("thân yêu cầu để trống")
        return parse(body)

    def handle_error(self, error: ma.ValidationError, *_: Any, **__: Any) -> NoReturn:
        """Turn marshmallow's nested messages into the list of a problem."""
        raise InvalidRequest(list(_entries(error.messages))) from None


class Noun(Blueprint):
    """A blueprint per noun: flask-smorest's, with our reader."""

    ARGUMENTS_PARSER = StrictParser()

    def arguments(self, schema: Any, *, location: str = BODY, **options: Any) -> Any:
        """Document what comes in; a body gets an example made from its schema."""
        if location == BODY:
            options.setdefault("example", example_of(schema))
        return super().arguments(schema, location=location, **options)


def _entries(messages: Any) -> Iterator[dict[str, str]]:
    for location, faults in messages.items():
        for path, sentence in _leaves(faults, ()):
            if location == BODY:
                yield {"pointer": _pointer(path), "detail": sentence}
            else:
                yield {"parameter": ".".join(path), "in": location, "detail": sentence}


def _leaves(faults: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(faults, Mapping):
        for name, inner in faults.items():
            deeper = path if name in {EVERYTHING, "value", "key"} and path else (*path, str(name))
            yield from _leaves(inner, () if name == EVERYTHING and not path else deeper)
    elif isinstance(faults, list):
        for inner in faults:
            yield from _leaves(inner, path)
    else:
        yield path, str(faults)


def _pointer(path: tuple[str, ...]) -> str:
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
