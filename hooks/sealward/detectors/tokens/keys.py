"""Keys, hashes, headers and addresses that many programs share, whoever issued them."""

from __future__ import annotations

from sealward.detectors.tokens.kinds import kinds

KINDS = (
    *kinds(
        r"""
    a private key             | -----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?----- |
    a private key             | PuTTY-User-Key-File-\d:\x20 |
    a private key in Base64   | LS0tLS1CRUdJTi(?:BQUklWQVRF|BFQyBQUklWQVRF|BSU0EgUFJJVkFURS|BPUEVOU1NIIFBSSVZBVEUg|BEU0EgUFJJVkFURS) | [A-Za-z0-9+/]{60,}
    a kubeconfig's key        | client-key-data:\s* | [A-Za-z0-9+/=]{40,}
    a login                   | :_(?:authToken|password)= | [\w+/=-]{16,}
    a login                   | \bmachine\s+\S+\s+login\s+\S+\s+password\s+ | [^\s$<{]{6,}
    a password hash           | \$2[abxy]\$\d\d\$ | [./A-Za-z0-9]{53}
    a password hash           | \$argon2(?:id|i|d)\$v= |
    a password hash           | \$[156]\$[^$\s]+\$ | [./A-Za-z0-9]{22,}
    a password hash           | \$[89]\$[./A-Za-z0-9]{14}\$ | [./A-Za-z0-9]{43}
    a password hash           | \$apr1\$[^$\s]+\$ | [./A-Za-z0-9]{22}
    a password hash           | \$y\$j |
    a password hash           | \{SSHA\} | [A-Za-z0-9+/=]{28,}
    a Kerberos hash           | \$krb5(?:asrep|tgs|pa)\$(?:23|17|18)\$ | [^\s"']{60,}
    """,
        "shape",
    ),
    *kinds(r"""
    an age identity           | AGE-SECRET-KEY-(?:PQ-)?1 | [0-9A-Z]{50,}
    an age identity           | AGE-PLUGIN-[A-Z0-9-]+-1 | [0-9A-Z]{20,}
    a Django secret key       | (?i:SECRET_KEY)["']?\s*[=:,]\s*["'] | [a-z0-9!@#$%^&*()_=+-]{50,51}["']
    a password in a script    | ConvertTo-SecureString\s+(?:-String\s+)?["'](?=[^"']*\d) | [^"'$\s]{16,}["']\s+-AsPlainText
    an authorisation header   | (?:Bearer|Basic)\s+(?=[\w+/=.-]*\d) | [A-Za-z0-9+/=._-]{16,}
    a one-time-password seed  | otpauth://[^\s]*secret= | [A-Z2-7]{16,}
    a WireGuard key           | (?m:^)\s*(?:PrivateKey|PresharedKey)\s*=\s* | [A-Za-z0-9+/]{43}=
    an RPC provider's key in a URL | infura\.io/(?:ws/)?v3/ | [0-9a-f]{32}
    an RPC provider's key in a URL | (?:alchemy\.com/(?:v2|nft/v\d)|alchemyapi\.io/v2)/ | [\w-]{21,}
    an RPC provider's key in a URL | quiknode\.pro/ | [0-9a-f]{30,}
    an RPC provider's key in a URL | ankr\.com/[a-z_0-9]+/ | [0-9a-f]{40,}
    an RPC provider's key in a URL | helius-rpc\.com/\?api-key= | [0-9a-f-]{30,}
    an RPC provider's key in a URL | (?:getblock|blastapi)\.io/ | [0-9a-f-]{30,}
    an RPC provider's key in a URL | chainstack\.com/ | [0-9a-f]{30,}
    an RPC provider's key in a URL | tatum\.io/[\w/-]* | [0-9a-f-]{30,}
    a monitoring key in a URL | :// | [0-9a-f]{32}(?::[0-9a-f]{32})?@[\w.-]*(?:sentry\.io|ingest)
    a monitoring key in a URL | healthchecks\.io/ping/ | [0-9a-f-]{36}
    a monitoring key in a URL | hc-ping\.com/ | [0-9a-f-]{36}
    a monitoring key in a URL | api\.telegram\.org/bot\d{8,10}: | [\w-]{35}
    a monitoring key in a URL | events\.pagerduty\.com/integration/ | [0-9a-f]{32}
    a monitoring key in a URL | chat\.googleapis\.com/v1/spaces/[\w-]+/messages\?key= | [\w-]{20,}
    a monitoring key in a URL | maker\.ifttt\.com/trigger/\w+/with/key/ | [\w-]{20,}
    a monitoring key in a URL | api\.opsgenie\.com/[^\s]*apiKey= | [\w-]{20,}
    a device's token in a URL | thingsboard\.(?:io|cloud)/api/v1/ | [a-z0-9]{20}
    """),
)  # fmt: skip
