"""The metadata that a check sees is that of the first document, read once."""

from __future__ import annotations

from sealward.checks.context import Context, metadata_of
from sealward.config import DEFAULT
from sealward.document import parse
from tests.support.examples import expand


def test_metadata_is_read_once_a_document() -> None:
    document = parse("a.yaml", expand("a: ENC[…]\nsops: …\n").encode())
    found = metadata_of(document)
    assert found is not None
    assert found.version == "3.11.0"
    assert metadata_of(document) is found


def test_a_mapping_of_that_name_is_no_metadata() -> None:
    assert metadata_of(parse("a.yaml", b"a: b\n")) is None
    assert metadata_of(parse("a.yaml", b"sops: {installed: true}\n")) is None


def test_without_anything_around_nothing_is_demanded() -> None:
    context = Context()
    assert (context.forced, context.sealed, context.asked, context.previous) == (False, False, False, ())
    assert context.settings == DEFAULT
