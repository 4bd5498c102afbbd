from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sealward.document import parse
from sealward.plaintext import Plaintext
from sealward.sops.reading.data_key import NoDataKey
from sealward.sops.reading.decrypted import CannotDecrypt
from sealward.sops.reading.decryption import decrypt, decrypt_with_key, usable_metadata
from sealward.sops.reading.identities import find
from tests.support import sealed_documents as sealed

VECTOR_KEY = Plaintext(bytes.fromhex("2f212aea36048c4413b2b65c1b2d4659c8789291a1048caff9b16118b78fec39"))
VECTOR = (Path(__file__).parent / "vector.yaml").read_bytes()


def test_the_vector() -> None:
    document = parse("vector.yaml", VECTOR)
    result = decrypt_with_key(document, usable_metadata(document), VECTOR_KEY)
    texts = [(value.kind, value.plaintext.text()) for value in result.values if value.plaintext]
    assert texts == [
        ("str", "hunter2"), ("int", "5432"), ("float", "1.5"), ("bool", "True"),
        ("time", "2024-02-29T00:00:00Z"), ("str", ""), ("null", ""),
        ("str", "alpha"), ("comment", " beta"), ("str", "beta"), ("str", "hi"),
    ]  # fmt: skip
    assert [text.text() for _, text in result.comments] == [" top", " inline"]
    assert result.accepted
    assert not result.failures


@pytest.mark.parametrize(
    ("old", "new", "mac", "failures"),
    [
        ("note_unencrypted: hi", "note_unencrypted: ho", "mismatch", []),
        ("note_unencrypted: hi", "renamed_unencrypted: hi", "verified", []),
        ("18:46:52Z", "18:46:53Z", "undecryptable", []),
        ("18:46:52Z", "18:46:52+00:00", "verified", []),
        ("mac: ENC", "nomac: ENC", "missing", []),
        ("    pass: ENC", "    word: ENC", "unknown", [("db", "word", "authentication")]),
        ("data:NTyB", "data:NTyC", "unknown", [("db", "pass", "authentication")]),
        ("    port: ENC", "    port: 5 # ENC", "unknown", [("db", "port", "malformed")]),
        ('    empty: ""', "    empty: plain", "unknown", [("db", "empty", "malformed")]),
    ],
)
def test_tampering(old: str, new: str, mac: str, failures: list[tuple[str, ...]]) -> None:
    assert VECTOR.count(old.encode()) == 1
    document = parse("vector.yaml", VECTOR.replace(old.encode(), new.encode()))
    result = decrypt_with_key(document, usable_metadata(document), VECTOR_KEY)
    assert result.mac == mac
    assert [(*value.leaf.path, value.refused) for value in result.failures] == failures
    assert result.accepted == (mac == "verified")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"a: 1\n", "not sealed"),
        (b"a: [\n", "not valid YAML"),
        (VECTOR.replace(b"2026-11-23T18", b"2026-13-23T18"), "lastmodified"),
        (
            VECTOR.replace(b"unencrypted_suffix: ", b"encrypted_regex: x\n    unencrypted_suffix: "),
            "more than one selector",
        ),
    ],
)
def test_files_that_sops_cannot_load(text: bytes, reason: str) -> None:
    with pytest.raises(CannotDecrypt, match=reason):
        decrypt(parse("x.yaml", text), find({}))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> sealed.Keys:
    return sealed.Keys(tmp_path_factory.mktemp("keys"))


SIMPLE = sealed.Case("yaml", b"password: hunter2\n", ())


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        ("none", "there is no age identity"),
        ("wrong", "no identity at hand opens it"),
        ("one-of-two", "open 1 of 2 key groups, 2 are needed"),
    ],
)
def test_without_the_right_key_one_line_says_so_and_who_could(
    keys: sealed.Keys, tmp_path: Path, variant: str, message: str
) -> None:
    groups, threshold, environment = keys.variants()[variant]
    data = sealed.seal(SIMPLE, groups, threshold, keys.environment(), tmp_path)
    assert data is not None
    with pytest.raises(NoDataKey, match=message) as error:
        decrypt(parse("x.yaml", data), find(environment))
    assert "\n" not in str(error.value)
    assert set(error.value.recipients) == {recipient for group in groups for recipient in group}


@pytest.mark.parametrize("kind", ["float", "int", "bool", "comment"])
@pytest.mark.parametrize("text", ["NaN", "+Inf", "-Inf", "1", "True"])
@pytest.mark.parametrize(
    ("store", "form"),
    [
        ("yaml", "a: '{}'\nz: x\n"),
        ("json", '{{"a": "{}", "z": "x"}}'),
        ("dotenv", "a={}\nz=x\n"),
        ("binary", "{}"),
    ],
)
def test_another_type_put_on_a_value(
    keys: sealed.Keys, tmp_path: Path, store: str, form: str, text: str, kind: str
) -> None:
    """The type is not authenticated: sops opens some, and cannot write all of these."""
    groups, threshold, environment = keys.variants()["age"]
    case = sealed.Case(store, form.format(text).encode(), ())
    data = sealed.seal(case, groups, threshold, keys.environment(), tmp_path)
    assert data is not None
    data = data.replace(b"type:str", b"type:" + kind.encode(), 1)
    assert sealed.difference(data, store, environment, tmp_path) == ""


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=sealed.cases(), number=st.integers(0, 10_000), mutation=st.integers(-6, 7), data=st.data())
def test_it_reads_and_refuses_what_the_program_does(
    keys: sealed.Keys, case: sealed.Case, number: int, mutation: int, data: st.DataObject
) -> None:
    groups, threshold, environment = data.draw(st.sampled_from(list(keys.variants().values())))
    folder = sealed.new_folder()
    try:
        text = sealed.seal(case, groups, threshold, keys.environment(), folder)
        if text is not None:
            text = text if mutation < 0 else sealed.mutate(text, mutation, number)
            assert sealed.difference(text, case.store, environment, folder) == ""
    finally:
        sealed.remove(folder)
