"""Secrets that are known by their shape, whatever their key is called."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from functools import lru_cache
from typing import TYPE_CHECKING

from sealward.detectors.logins import login_in
from sealward.detectors.published import is_example, is_made_up, without_published
from sealward.patterns import as_utf8, linear, re2_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.patterns import Compiled

PATTERNS: tuple[tuple[str, str], ...] = (
    ("a private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d: "),
    ("an age identity", r"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{50}|AGE-PLUGIN-[A-Z0-9-]+-1[0-9A-Z]{20}"),
    ("a Vault token", r"(?<![\w.])(?:hv[sbr]\.[\w-]{20,}|[sbr]\.(?=[A-Za-z]*[0-9])[A-Za-z0-9]{24}(?:\.[A-Za-z0-9]{5,6})?)(?![\w\x28-])"),
    ("a Slack webhook", r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,}"),
    ("a Slack token", r"\bxox[abeoprs]-(?:\d-)?[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Z0-9]+-\d+-[a-z0-9]{20,}"),
    ("a Discord webhook", r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{15,21}/[\w-]{40,}"),
    ("a Discord bot token", r"\b[MNO][A-Za-z0-9_-]{23,27}\.[\w-]{6}\.[\w-]{27,40}\b"),
    ("a Telegram bot token", r"(?<!\d)\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])"),
    ("a Teams webhook", r"webhook\.office\.com/webhookb2/[0-9a-f-]{36}@"),
    ("a GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})"),
    ("a GitLab token", r"\b(?:glpat|gldt|glrt|glptt|glcbt|glsoat|glagent|glft|glimt|GR1348941)-?[A-Za-z0-9_.-]{20,}"),
    ("an AWS access key", r"(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z2-7]{16}(?![A-Z0-9])"),
    ("a Stripe key", r"\b(?:[sr]k_(?:live|test)_|whsec_)[A-Za-z0-9+/=]{16,}"),
    ("a Google API key", r"\bAIza[\w-]{35}"),
    ("a Google client secret", r"\bGOCSPX-[\w-]{20,}|\bya29\.[\w-]{20,}"),
    ("an AI provider's key", r"\bsk-(?:ant-|proj-|svcacct-|or-|admin-)?[A-Za-z0-9_-]{32,}|\b(?:xai|gsk|pplx|nvapi|r8|hf)[_-][A-Za-z0-9]{28,}"),
    ("a SendGrid key", r"\bSG\.[\w-]{16,}\.[\w-]{32,}"),
    ("a package registry token", r"\b(?:npm_[A-Za-z0-9]{36}|pypi-AgE[\w-]{50,}|dckr_[op]at_[\w-]{20,}|rubygems_[0-9a-f]{40,}|cio[A-Za-z0-9]{32})"),
    ("a cloud provider's token", r"\b(?:do[opr]_v1_[0-9a-f]{64}|hcp\.[\w]{20,}|atlasv1\.[\w-]{40,}|[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,}|dapi[0-9a-f]{32}|pul-[0-9a-f]{40}|fo1_[\w-]{40,}|FlyV1 fm\d_[\w+/=]{40,})"),
    ("a service token", r"\b(?:gl(?:c|sa)_[\w=+/-]{30,}|lin_api_[A-Za-z0-9]{32,}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}|key-[0-9a-f]{32}|sq0[a-z]{3}-[\w-]{22,}|EAAA[\w-]{60}|ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{40,}|figd_[\w-]{30,}|sntry[su]_[\w=+/-]{30,}|NRAK-[A-Z0-9]{27}|PMAK-[0-9a-f-]{50,}|phc_[A-Za-z0-9]{40,}|rnd_[A-Za-z0-9]{28,}|dp\.(?:pt|st|ct|sa)\.[\w.-]{40,}|tskey-[a-z]+-[\w-]{20,}|sbp_[0-9a-f]{40}|vercel_[\w]{20,}|CFPAT-[\w-]{40,}|lsv2_[a-z]+_[0-9a-f_]{40,}|AKCp[A-Za-z0-9]{60,}|eyJrIjoi[\w=+/-]{40,}|patkey[\w.-]{40,}|pat[A-Za-z0-9]{14}\.[0-9a-f]{64})"),
    ("a login", r":_(?:authToken|password)=[\w+/=-]{16,}|\bmachine\s+\S+\s+login\s+\S+\s+password\s+[^\s$<{]{6,}"),
    ("a Twilio key", r"\bSK[0-9a-f]{32}\b"),
    ("a Mailchimp key", r"\b[0-9a-f]{32}-us\d{1,2}\b"),
    ("an Azure key", r"(?:AccountKey|SharedAccessKey|SharedAccessSignature)=[A-Za-z0-9+/%&=-]{20,}|[?&]sig=[A-Za-z0-9%+/]{30,}|\b[\w~.-]{3}\dQ~[\w~.-]{31,34}"),
    ("a password hash", r"\$(?:2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|argon2(?:id|i|d)\$v=|[156]\$[^$\s]+\$[./A-Za-z0-9]{22,}|apr1\$[^$\s]+\$[./A-Za-z0-9]{22}|y\$j)|\{SSHA\}[A-Za-z0-9+/=]{28,}"),
    ("an authorisation header", r"\b(?:Bearer|Basic)\s+(?=[\w+/=.-]*\d)[A-Za-z0-9+/=._-]{16,}"),
    ("a one-time-password seed", r"otpauth://[^\s]*secret=[A-Z2-7]{16,}"),
    ("a WireGuard key", r"(?m)^\s*(?:PrivateKey|PresharedKey)\s*=\s*[A-Za-z0-9+/]{43}="),
    ("a kubeconfig's key", r"client-key-data:\s*[A-Za-z0-9+/=]{40,}"),
    ("an RPC provider's key in a URL", r"(?:infura\.io/(?:ws/)?v3/[0-9a-f]{32}|alchemy\.com/(?:v2|nft/v\d)/[\w-]{21,}|alchemyapi\.io/v2/[\w-]{21,}|quiknode\.pro/[0-9a-f]{30,}|ankr\.com/[a-z_0-9]+/[0-9a-f]{40,}|helius-rpc\.com/\?api-key=[0-9a-f-]{30,}|getblock\.io/[0-9a-f-]{30,}|chainstack\.com/[0-9a-f]{30,}|blastapi\.io/[0-9a-f-]{30,}|tatum\.io/[\w/-]*[0-9a-f-]{30,})"),
    ("a monitoring key in a URL", r"://[0-9a-f]{32}(?::[0-9a-f]{32})?@[\w.-]*(?:sentry\.io|ingest)|healthchecks\.io/ping/(?=.{36})[0-9a-f-]{36}|hc-ping\.com/[0-9a-f-]{36}|api\.telegram\.org/bot\d{8,10}:[\w-]{35}|events\.pagerduty\.com/integration/[0-9a-f]{32}|chat\.googleapis\.com/v1/spaces/[\w-]+/messages\?key=|maker\.ifttt\.com/trigger/\w+/with/key/[\w-]{20,}|api\.opsgenie\.com/[^\s]*apiKey="),
)  # fmt: skip
"""What it is, and its pattern: short fixed prefixes come from the issuers' own documentation."""

_NOT_DRAWN = frozenset(("a private key", "a password hash", "a login", "a kubeconfig's key"))
"""Their patterns end before the random part does, or people choose it."""

LOOSE = frozenset(
    ("a Vault token", "a Discord bot token", "a Telegram bot token", "a Mailchimp key", "an Azure key")
)
"""Those that do not begin with letters of their own, and so could begin at any character."""

_MAY_HOLD = re.compile(r"\S{16}|-----BEGIN|\bmachine\s")
"""Every one of the patterns needs one of these: ordinary prose is passed over at once."""
_JWT = linear(r"\beyJ[\w-]{8,}\.(?P<payload>eyJ[\w-]{4,})\.[\w-]{16,}")
_LOOKAROUND = re.compile(r"\(\?<?[!=][^()]*\)")


@lru_cache(maxsize=1)
def _any() -> Compiled:
    """All of them at once, and without what looks around: in few texts there is a candidate."""
    return re2_of("|".join([*(_LOOKAROUND.sub("", pattern) for _, pattern in PATTERNS), _JWT.pattern]))


@lru_cache(maxsize=len(PATTERNS))
def _compiled(pattern: str) -> tuple[Compiled, re.Pattern[str]]:
    """What finds candidates in linear time, and what says of each whether it is one."""
    return re2_of(_LOOKAROUND.sub("", pattern)), re.compile(pattern, re.ASCII)


def known_token(text: str) -> str | None:
    """What the text holds, named with its article, or None."""
    found = _first(text) and _first(without_published(text))
    return found[0] if found else None


def _first(text: str) -> tuple[str, str] | None:
    known = ((name, token) for name, token in tokens_in(text) if not is_example(token))
    return next(known, None) or login_in(text)


def tokens_in(text: str) -> Iterator[tuple[str, str]]:
    """Every token of a known shape: what it is, and the token itself (never to be shown)."""
    if not _MAY_HOLD.search(text):
        return
    text = as_utf8(text)
    if not _any().search(text):
        return
    for name, pattern in PATTERNS:
        candidates, exact = _compiled(pattern)
        for candidate in candidates.finditer(text):
            token = exact.match(text, candidate.start())
            if token and (name in _NOT_DRAWN or not is_made_up(token.group())):
                yield name, token.group()
    for match in _JWT.finditer(text):
        if not _is_for_anybody(match["payload"]):
            yield "a JWT", match.group()


def _is_for_anybody(payload: str) -> bool:
    """Whether a JWT is made to stand in a web page, as Supabase's for the role ``anon``."""
    import json

    try:
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return False
    return isinstance(claims, dict) and claims.get("role") == "anon"
