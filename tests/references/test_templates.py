"""Templates of Vault Agent: what the dot and each variable stand for, followed through every block."""

from __future__ import annotations

import pytest

from sealward.references.templates import read


def found(text: str) -> list[tuple[str, str, int | None]]:
    return [(one.secret, one.key, one.version) for match in read(text) for one in match.references]


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ('{{ with secret "s/data/a?version=7" }}{{ .Data.data.k }}{{ end }}', [("s/a", "k", 7)]),
        ('{{ $x := secret "s/data/a" }}{{ $x.Data.data.k }}', [("s/a", "k", None)]),
        ('{{ with secret "s/data/a" }}{{ else }}{{ .Data.data.k }}{{ end }}', [("s/a", "", None)]),
        ('{{ with secret "s/data/a" }}{{ range .Data.data }}{{ . }}{{ end }}{{ end }}', [("s/a", "", None)]),
        ('{{ (secret "s/data/a" "version=7").Data.data.k }}', [("s/a", "k", 7)]),
        ('{{ with secret "s/data/a" }}{{ index .Data.data "k" }}{{ end }}', [("s/a", "k", None)]),
        ('{{ with secret "s/data/a" }}{{ .Data.metadata.version }}{{ end }}', [("s/a", "", None)]),
        ('{{/* secret "s/data/a" */}}', []),
        ("{{ secrets `s/` }}", []),
        ('{{ with secret "s/data/a" ', []),
        ('{{ with secret "s/data/a }}', []),
        ('{{ with secret "s/data/a?version=x" }}{{ .Data.data.k }}{{ end }}', []),
        ("no template", []),
    ],
)
def test_read(text: str, references: list[tuple[str, str, int | None]]) -> None:
    assert found(text) == references


@pytest.mark.parametrize(
    ("path", "before"),
    [
        ("s/data/a", "?version="),
        ("s/data/a?", "version="),
        ("s/data/a?x=1", "&version="),
        ("s/data/a?version=7", ""),
    ],
)
def test_where_the_pin_goes(path: str, before: str) -> None:
    text = f'{{{{ with secret "{path}" }}}}{{{{ .Data.data.k }}}}{{{{ end }}}}'
    [match] = read(text)
    assert match.before == before
    begin, end = match.pin
    assert found(text[:begin] + before + "12" + text[end:]) == [("s/a", "k", 12)]
