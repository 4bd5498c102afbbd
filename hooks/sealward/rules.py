"""Every rule, once: its id, the check that it belongs to, how much it weighs, what it means in one line.

``docs/rules.md`` has a section of the same name for each, with tested examples. Reports, ``explain``,
``.sealward.yaml`` and the tests read this table; no rule id is written into a finding that is not here.
"""

from __future__ import annotations

from sealward.finding import Severity
from sealward.records import Record


class Rule(Record):
    """One rule. ``check`` is the hook id of its check; no finding weighs more than ``severity``.

    ``anchor`` is its section in docs/rules.md.
    """

    id: str
    check: str
    severity: Severity
    summary: str

    @property
    def anchor(self) -> str:
        """Where its section stands, from the top of the repository."""
        return f"docs/rules.md#{self.id}"


def _table(check: str, **rules: str) -> list[Rule]:
    """Rules of one check by name (``_`` for ``-``); a summary that begins with ``?`` is a warning's."""
    return [
        Rule(
            name.replace("_", "-"),
            check,
            Severity.WARNING if summary.startswith("?") else Severity.ERROR,
            summary.removeprefix("?"),
        )
        for name, summary in rules.items()
    ]


_ALL = [
    *_table(
        "sops-encrypted",
        not_sealed="A file that must be sealed is plaintext.",
        plaintext_value="A value stands in clear, though the file's selector covers it.",
        malformed_ciphertext="A value looks encrypted, and sops cannot have written it.",
        metadata_missing="Ciphertext without the `sops` block that sops needs to decrypt it.",
        metadata_incomplete="The `sops` block lacks a field that sops needs, or holds an impossible one.",
        inert_selector="The file's selector is no RE2 pattern, or selects nothing.",
        hidden_plaintext="Text stands where sops neither encrypts nor keeps it.",
        readable_ciphertext="A ciphertext is plain text in Base64.",
        damaged_key="A recipient's encrypted data key is broken.",
        reused_nonce="Two values share a nonce: one of them cannot be decrypted.",
        duplicate_key="A key occurs twice in one mapping.",
        conflict_markers="An unresolved merge conflict.",
        invalid_syntax="A sealed file, or one that must be, cannot be read as what its name says.",
        plaintext_document="A further YAML document lies outside the seal.",
        secret_in_comment="A comment in clear holds what looks like a secret.",
        decrypted_copy="A plaintext copy of a sealed file.",
        unexpected_ciphertext="?A ciphertext stands where the selector leaves values in clear.",
        broken_configuration="sops cannot use the creation rules.",
        unused_setting="?A pattern of the settings matches no tracked file.",
        loosened_settings="?A range of commits brings settings that let more pass.",
    ),
    *_table(
        "sops-recipients",
        recipient_missing="The file is not sealed for a recipient whom its creation rule names.",
        recipient_extra="The file is sealed for a recipient whom its creation rule does not name.",
        threshold_differs="The file needs another number of key groups than its creation rule says.",
        selector_differs="The file was sealed with another selector than its creation rule says.",
        stale_stanza="The recipients changed, but a remaining encrypted data key did not.",
        data_key_kept="?A recipient was removed while the data key stayed.",
    ),
    *_table(
        "sops-integrity",
        stale_mac="Values changed while the MAC stayed the same.",
        unchanged_time="?The MAC changed and `lastmodified` did not.",
        rolled_back="?`lastmodified` is older than in HEAD.",
        mac_mismatch="The MAC does not fit the values.",
        value_tampered="A value is not authentic.",
        undecryptable="No identity at hand opens the file.",
    ),
    *_table(
        "vault-references",
        literal_secret="A value in a sealed file is a secret itself, and no reference to Vault.",
        malformed_reference="A value was meant as a reference to Vault, and no tool reads it as one.",
        unpinned_reference="A reference names no version, where the settings require one.",
        mixed_reference="Two references pin different versions of one secret.",
        foreign_vault="A reference names another server, or a credential to show it.",
        literal_reference="A value looks like a reference, and is a literal or what a program prints.",
        missing_secret="A reference points to a secret that Vault does not have.",
        missing_version="A reference pins a version that cannot be read.",
        missing_key="A reference names a key that the version does not have.",
        vanishing_version="?The next write pushes the pinned version out.",
        unreadable_secret="The token may not read what a reference points to.",
    ),
    *_table(
        "vault-policies",
        policy_refused="The server refuses the policy.",
        policy_missing_data="A rule misses the `data/` that KV version 2 has behind its mount.",
        policy_uncovered="A policy does not grant what its role needs.",
        policy_too_wide="A policy grants paths beyond what its role needs.",
        policy_too_strong="A policy grants capabilities beyond what its role needs.",
        policy_dangerous="A policy lets its role give itself other rights.",
        policy_template_slash="A template stands for a value with a slash: every request is refused.",
        policy_never_matches="?A rule matches no path that anybody asks for.",
        policy_unused="?A rule covers nothing that its role needs.",
        policy_duplicate="?The same pattern stands twice in a policy.",
        policy_second_label="?A block has a second name, which the server ignores.",
        broken_rotation_policy="vault/rotation.yaml cannot be read, so nobody knows what policies need.",
        policy_drift="The server's policy is not the one of the repository.",
        policy_not_on_server="?The server has no policy of that name.",
    ),
    *_table(
        "plaintext-secrets",
        plaintext_secret="A known kind of secret stands in clear.",
    ),
]

RULES = {rule.id: rule for rule in _ALL}
"""Every rule by its id, in the order of the documentation."""


def of_check(check: str) -> tuple[Rule, ...]:
    """The rules of a check, by its hook id."""
    return tuple(rule for rule in _ALL if rule.check == check)
