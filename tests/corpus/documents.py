"""Plain documents of every store. Each holds keys that every selector of ``good`` tells apart.

``password`` and ``token`` (the regexes), ``…_secret`` and ``…_plain`` (the suffixes), a comment with
``seal`` and one with ``open``.
"""

from __future__ import annotations

import json

_YAML = {
    "kinds": """\
# seal the next one
password: hunter2
count_secret: 42
ratio: 1.50
big: 100000000000000000000
enabled: true
since: 2024-02-29
moment: 2001-12-14T21:59:43.10-05:00
octal: 0o17
infinite: .inf
binary: !!binary aGVsbG8=
# open from here
host_plain: db.example.org
nothing: null
blank: ""
token: 'it''s quoted'
""",
    "nested": """\
token:
    # seal
    first: alpha
    deeper: {password: beta, port_secret: 5432}
list:
    - one_secret: a
      password: b
    - password: c
    - []
# open
hosts_plain: [x, y]
password: last
""",
    "lists": """\
password:
    - alpha
    - beta
    - beta
    - 5
    - true
    - null
    - ""
servers_secret:
    - - a
      - b
    - name: c
# seal
note: text
# open
token: t
plain_plain: kept
""",
    "block": """\
# seal
password: |
    -----BEGIN KEY-----
    c2VjcmV0

    -----END KEY-----
token: >-
    folded text
    of two lines
text_secret: "tab\\tnew\\nline ☃ grün"
"y": looks like a bool
"quoted: key": value
# open
host_plain: x
""",
    "anchors": """\
base: &base
    password: a
    host_plain: b
# seal
copy: *base
merged:
    <<: *base
    token: c
# open
z_secret: d
""",
    "secret": """\
apiVersion: v1
kind: Secret
metadata:
    name: db
    labels: {app_plain: web}
type: Opaque
# seal
stringData:
    password: hunter2
    token: "12345"
    app_secret: z
# open
data:
    password: aHVudGVyMg==
""",
    "documents": """\
# seal
password: a
host_plain: b
x_secret: c
---
# open
token: d
list: [1, 2]
host_plain: e
---
password: f
""",
}

_JSON = {
    "kinds": {
        "password": "hunter2",
        "count_secret": 42,
        "ratio": 1.5,
        "enabled": True,
        "nothing": None,
        "blank": "",
        "host_plain": "h",
        "token": 'ünï "q"',
    },
    "nested": {
        "token": {"a": {"password": "x"}, "port_secret": 5432},
        "list": [{"password": "b"}, [], {}, "c"],
        "hosts_plain": ["x", "y"],
        "password": "z",
    },
    "lists": {
        "password": ["a", "a", 1, None, ""],
        "x_secret": [["b"], {"c": "d"}],
        "host_plain": "e",
        "token": "f",
    },
}

_DOTENV = {
    "kinds": "# seal\npassword=hunter2\nURL_secret=postgres://u:p@h/db?x=y\nEMPTY=\n# open\nhost_plain=h\ntoken= spaced \n",
    "export": "export password=a\ntoken='quoted # not a comment'\n# seal\nA_secret=\"b\"\n# open\nhost_plain=multi\\nline\n",
}

_INI = {
    "kinds": "[db]\n; seal\npassword = hunter2\nport_secret = 5432\nblank =\n# open\nhost_plain = h\n[app]\ntoken = t\n",
    "default": "password = top\ntoken = `raw # text`\n[one]\nfirst = 0\n; seal\nx_secret = 1\nnext = 2\n[two]\n; open\nhost_plain = 2\npassword = 3\n",
}

_BINARY = {
    "text": b"-----BEGIN KEY-----\nc2VjcmV0\n-----END KEY-----\n",
    "bytes": bytes(range(256)) * 4,
    "short": b"x",
}

PLAIN: dict[str, dict[str, bytes]] = {
    "yaml": {name: text.encode() for name, text in _YAML.items()},
    "json": {name: json.dumps(value, ensure_ascii=False).encode() for name, value in _JSON.items()},
    "dotenv": {name: text.encode() for name, text in _DOTENV.items()},
    "ini": {name: text.encode() for name, text in _INI.items()},
    "binary": _BINARY,
}
"""Store → name → the plain bytes."""

PATHS = {
    "yaml": ("app/secrets.enc.yaml", "app/values.yaml"),
    "json": ("app/secrets.enc.json", "app/values.json"),
    "dotenv": ("app/secrets.enc.env", "app/.env"),
    "ini": ("app/secrets.enc.ini", "app/values.ini"),
    "binary": ("app/key.enc.bin", "app/key.pem"),
}
"""A name that promises a sealed file, and one that does not."""
