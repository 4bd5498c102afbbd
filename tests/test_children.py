"""What a child process may see: one table, deny by default."""

from __future__ import annotations

import pytest

from sealward.children import KEY_KINDS, Child, at_once, environment, for_command, for_sops

SECRETS = (
    "VAULT_TOKEN", "BAO_TOKEN", "VAULT_SECRET_ID", "SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "GITHUB_TOKEN",
    "GH_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_RUNTIME_TOKEN", "SEALWARD_VAULT_JWT",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GOOGLE_APPLICATION_CREDENTIALS", "AZURE_CLIENT_SECRET",
    "SLACK_TOKEN", "DATABASE_URL", "CI_JOB_TOKEN", "NPM_TOKEN", "GIT_TOKEN", "GIT_PASSWORD", "SSH_PRIVATE_KEY",
)  # fmt: skip
ORDINARY = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CONFIG_HOME")
EVERYTHING = dict.fromkeys(SECRETS + ORDINARY, "x")


CLOUDS = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "AZURE_CLIENT_SECRET",
)
"""With what kubectl's plugins log in to a cluster of theirs."""


@pytest.mark.parametrize("child", [one for one in Child if one is not Child.SERVER])
def test_no_child_sees_a_secret_but_sees_where_it_is(child: Child) -> None:
    seen = environment(child, source=EVERYTHING)
    assert set(SECRETS) & set(seen) == (set(CLOUDS) if child is Child.KUBECTL else set())
    assert set(ORDINARY) <= set(seen)


def test_git_sees_what_a_users_git_needs() -> None:
    names = (
        "GIT_DIR", "GIT_INDEX_FILE", "GIT_AUTHOR_NAME", "GIT_SSH_COMMAND", "GIT_ASKPASS", "SSH_AUTH_SOCK",
        "GPG_TTY", "GNUPGHOME", "HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE", "PRE_COMMIT_HOME", "SKIP",
        "EDITOR", "VIRTUAL_ENV", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0",
    )  # fmt: skip
    assert set(environment(Child.GIT, source=dict.fromkeys(names, "x"))) == set(names)


def test_sops_sees_what_the_key_kinds_of_the_file_need() -> None:
    nothing = set(for_sops((), source=EVERYTHING))
    assert not set(SECRETS) - {"GOOGLE_APPLICATION_CREDENTIALS"} & nothing
    assert "SOPS_AGE_KEY" in for_sops({"age"}, source=EVERYTHING)
    assert "VAULT_TOKEN" not in for_sops({"age", "kms"}, source=EVERYTHING)
    vault = for_sops({"hc_vault"}, source=EVERYTHING)
    assert "VAULT_TOKEN" in vault
    assert not {"VAULT_SECRET_ID", "SOPS_AGE_KEY", "AWS_SESSION_TOKEN"} & set(vault)
    assert "AWS_SESSION_TOKEN" in for_sops({"kms"}, source=EVERYTHING)


@pytest.mark.parametrize("kind", [kind for kind, needs in KEY_KINDS.items() if needs.closed])
def test_what_a_file_does_not_need_is_closed(kind: str) -> None:
    closed, others = KEY_KINDS[kind].closed, set(KEY_KINDS) - {kind}
    source = dict.fromkeys(closed, "the user's")
    assert closed.items() <= for_sops(others, source=source).items()
    assert not closed.items() <= for_sops({kind}, source=source).items()


def test_what_overrides_creation_rules_is_withheld() -> None:
    names = (
        "SOPS_AGE_RECIPIENTS", "SOPS_PGP_FP", "SOPS_KMS_ARN", "SOPS_VAULT_URIS", "SOPS_CONFIG",
        "SOPS_GCP_KMS_IDS", "SOPS_AZURE_KEYVAULT_URLS", "SOPS_DECRYPTION_ORDER", "SOPS_KEYSERVICE",
        "SOPS_ENABLE_LOCAL_KEYSERVICE",
    )  # fmt: skip
    assert not set(names) & set(for_sops(KEY_KINDS, source=dict.fromkeys(names, "x")))


def test_the_operator_passes_further_variables_by_name() -> None:
    source = {"SEALWARD_PASS": "A_TOKEN, OTHER", "A_TOKEN": "x", "OTHER": "y", "B_TOKEN": "z"}
    assert set(environment(Child.GIT, source=source)) == {"A_TOKEN", "OTHER"}
    assert {"A_TOKEN", "OTHER"} <= set(for_sops((), source=source))
    assert set(environment(Child.PROGRAM, source=source, passed=["B_TOKEN"])) == {
        "A_TOKEN",
        "OTHER",
        "B_TOKEN",
    }


def test_results_come_in_order_and_the_first_error_ends_it() -> None:
    assert list(at_once(lambda one: one * 2, range(50))) == list(range(0, 100, 2))
    with pytest.raises(ZeroDivisionError):
        list(at_once(lambda one: 1 // one, [1, 0, 2]))


def test_a_command_of_the_users_gets_their_environment_without_what_opens_secrets() -> None:
    source = {"EDITOR": "vi", "DATABASE_URL": "x", "VAULT_TOKEN": "x", "SOPS_AGE_KEY": "x", "VAULT_ADDR": "x"}
    assert for_command(source) == {"EDITOR": "vi", "DATABASE_URL": "x", "VAULT_ADDR": "x"}
    assert "VAULT_TOKEN" in for_command({**source, "SEALWARD_PASS": "OTHER, VAULT_TOKEN"})
