"""What is tried, what happens, and which tests show it: the table of docs/threat-model.md."""

from __future__ import annotations

from typing import NamedTuple


class Attack(NamedTuple):
    """One attack; ``tests`` are ``module::function`` below ``tests/``, dots for folders."""

    tried: str
    happens: str
    tests: str


_R = "hostile.test_repositories::"
ATTACKS = [
    Attack("`.secrets.baseline` names a detector or filter that is a program", "refused in one line, nothing is imported", "detectors.test_detect_secrets::test_it_runs_no_code"),
    Attack("`.secrets.baseline` has a pattern of exponential time", "RE2 searches for it, or it is refused", "detectors.test_detect_secrets::test_patterns_are_searched_for_in_linear_time_or_not_at_all"),
    Attack("an embedded bare repository configures `core.fsmonitor`, filters, conversions", "git reads none of it", _R + "test_an_embedded_bare_repository_starts_nothing"),
    Attack("`.gitattributes` names filters, conversions and merge drivers", "`check` and `status` start none", _R + "test_filters_and_conversions_of_the_checkout_are_not_run"),
    Attack("a nested repository or a submodule brings configuration and addresses", "neither is used", _R + "test_nested_repositories_and_submodules_start_nothing"),
    Attack("a stanza for an age plugin or gpg in a sealed file", "`check`, `status`, `reencrypt` and dry runs start no program for it", _R + "test_a_sealed_file_of_a_stranger_starts_no_program"),
    Attack("`yaml.py` and the like in the current folder", "not imported", "test_main::test_no_module_of_a_repository_is_imported"),
    Attack("an age plugin as a recipient in `.sops.yaml`", "a dry run starts none; it is asked for first", "reencryption.test_newcomers::test_a_dry_run_names_newcomers_and_starts_no_plugin"),
    Attack("a tracked link with the name of a temporary file", "never followed; the run ends before a change", "test_files::test_a_link_with_the_name_of_a_temporary_file_is_never_followed commands.test_reencrypt::test_a_tracked_link_with_the_name_of_a_temporary_file_stops_the_run"),
    Attack("a sealed file or its folder is a link", "refused", "test_files::test_a_target_that_is_a_link_is_refused test_files::test_a_folder_that_is_a_link_is_refused"),
    Attack("a file of another owner, or with attributes, is written again", "owner, mode and attributes stay", "test_files::test_the_owner_stays test_files::test_extended_attributes_stay"),
    Attack("an `hc_vault` stanza at a stranger's address", "no token is sent there", "sops.test_services::test_a_forged_vault_stanza_gets_no_token"),
    Attack("a creation rule with a key at a stranger's address", "no data key is sent there", "sops.test_services::test_a_rule_does_not_send_a_data_key_to_a_stranger"),
    Attack("metadata that sops reads otherwise than we do", "the file's key services are closed", "sops.test_services::test_what_gos_json_takes_for_an_address_is_no_way_out"),
    Attack("a new recipient in the branch", "named, and asked for before the data key is wrapped", "reencryption.test_newcomers::test_an_uncommitted_recipient_needs_a_word_without_a_terminal"),
    Attack("a server redirects to another host, or again and again", "no token goes there; one redirect is followed", "vault.test_connection::test_a_redirect_to_another_host_gets_no_token vault.test_connection::test_one_redirect_is_followed_and_no_more"),
    Attack("one server written in other words, or another one in nearly the same", "scheme, host and port are compared, in one place", "test_addresses::test_one_server_in_other_words test_addresses::test_another_scheme_host_port_or_path_is_another_server test_addresses::test_what_is_not_a_plain_address"),
    Attack("a server whose certificate no known authority signed", "no token is sent there", "vault.test_connection::test_an_authority_of_ones_own_is_trusted_when_named"),
    Attack("a redirect from https to http", "refused", "vault.test_connection::test_a_redirect_never_leaves_tls"),
    Attack("`http://` to another machine", "refused unless allowed", "vault.test_connection::test_no_token_goes_to_another_machine_without_tls"),
    Attack("a captive portal, `null`, a missing field", "one line, status 2", "vault.test_transport::test_odd_answers_are_one_clear_error"),
    Attack("answers, journals and tokens that nest without end, numbers beyond all bounds", "one line, and the others are judged", "hostile.test_git_and_vault::test_answers_that_nest_or_overflow_end_in_one_line hostile.test_git_and_vault::test_a_token_that_nests_without_end_is_one_line"),
    Attack("a token with a character that cannot be sent", "not sent, not shown", "vault.test_connection::test_a_token_that_cannot_be_one_is_not_sent"),
    Attack("a child process looks for credentials", "its environment was made for it", "test_children::test_no_child_sees_a_secret_but_sees_where_it_is test_processes::test_every_command_starts_and_asks_what_the_documentation_says"),
    Attack("hooks of the repository at `rotate --commit`", "see the documented environment", "hostile.test_git_and_vault::test_hooks_of_a_commit_see_what_the_documentation_says"),
    Attack("a sealed file that is called like an option, or like one of git's patterns", "that file alone is worked on, and committed", "hostile.test_git_and_vault::test_a_commit_of_new_pins_takes_these_files_and_no_others hostile.test_git_and_vault::test_a_sealed_file_names_no_option_of_sops_or_git"),
    Attack("a branch that is called like an option (`--from-ref=--output=…`)", "git is asked for commits by their hashes", "hostile.test_git_and_vault::test_a_revision_is_not_an_option_of_gits"),
    Attack("a branch changes the programs of `vault/rotation.yaml`", "shown whole, and asked for once; a dry run runs nothing", "rotation.test_programs::test_the_dry_run_shows_it_whole_and_runs_nothing rotation.test_programs::test_on_a_terminal_it_is_asked_for_once"),
    Attack("text that makes a search for secrets slow", "time in proportion to its size", "detectors.test_linear::test_repeated_beginnings detectors.test_linear::test_a_bundle_of_certificates_is_public"),
    Attack("ciphertext of many field marks, one-line JSON, blocks full of `#`", "time in proportion to its size", "document.test_bounds::test_readers_are_linear document.test_bounds::test_a_value_of_many_field_marks_is_told_in_one_pass"),
    Attack("aliases that nest or multiply", "refused, as a finding", "document.test_bounds::test_depth_counts_through_aliases document.test_document::test_an_alias_bomb_is_refused_in_no_time"),
    Attack("settings of odd shape and size", "one line or a verdict", _R + "test_configuration_of_any_shape_ends_in_a_verdict " + _R + "test_settings_of_any_shape_are_read_or_refused_in_one_line"),
    Attack("files of odd shape and size under every store's name", "a verdict, and the others are judged", _R + "test_files_of_any_shape_end_in_a_verdict"),
    Attack("SOPS metadata of odd shape", "a finding, printable", _R + "test_metadata_of_any_shape_ends_in_a_verdict"),
    Attack("a branch exempts its own leak, or loosens its creation rules", "the settings from before the range hold", "engine.test_surroundings::test_a_range_does_not_exempt_its_own_leak engine.test_surroundings::test_creation_rules_of_a_range_do_not_release_a_file"),
    Attack("a range that only takes creation rules away", "named", "engine.test_surroundings::test_a_range_that_takes_creation_rules_away_is_named"),
    Attack("the user's own `log.showSignature`, and other settings of git that change what it prints", "no finding loses its commit", "hostile.test_faults::test_f11_a_range_does_not_exempt_its_own_leak_and_signatures_hide_no_commit"),
    Attack("exemptions in silence", "counted in every format", "engine.test_surroundings::test_what_is_suppressed_is_counted_in_every_format"),
    Attack("settings behind a link, within the tree or out of it", "an error", "engine.test_surroundings::test_a_configuration_that_is_a_link_is_an_error " + _R + "test_configuration_behind_a_link_is_never_no_configuration"),
    Attack("a path pattern of exponential time", "time in proportion to its text", "test_globs::test_a_hostile_pattern_takes_no_longer_than_its_text"),
    Attack("a pipe or a device in place of a file", "not waited for, not read without end", _R + "test_a_pipe_or_a_device_among_the_files"),
    Attack("names with escapes, line breaks, runner commands, shell words, any bytes", "printable in every format", _R + "test_names_of_any_bytes_neither_end_the_run_nor_write_to_its_reader test_cli::test_names_that_write_into_the_log_of_a_runner test_shell::test_a_name_is_one_word_of_a_command hostile.test_git_and_vault::test_names_and_keys_that_are_not_text_meet_the_repositorys_patterns"),
    Attack("names that a shell or git's patterns take for more, in a hint that is pasted", "each command names just the file, and sops's configuration", "hostile.test_hints::test_each_command_of_a_hint_names_the_file_and_nothing_else hostile.test_hints::test_git_takes_a_pathspec_for_one_file"),
    Attack("`git replace` hides what is pushed", "objects are judged as they are", "hostile.test_git_and_vault::test_what_git_shows_in_place_of_an_object_is_not_what_is_pushed"),
    Attack("`skip-worktree` hides what is recorded", "the hook reads the index", _R + "test_a_hook_reads_what_is_recorded_behind_skip_worktree"),
    Attack("`working-tree-encoding` hides what is recorded", "the hook reads the index", _R + "test_a_hook_reads_what_is_recorded_in_another_encoding"),
    Attack("a secret that one pushed commit adds and the next removes", "found at `pre-push`", _R + "test_a_push_is_judged_commit_by_commit"),
    Attack("Latin-1, UTF-16, a zero byte, long lines, large files around a token", "read in each encoding and size", "checks.test_plaintext::test_secrets checks.test_plaintext::test_nothing_passes_unread document.test_text::test_encodings"),
    Attack("readable text in the place of ciphertext", "`readable-ciphertext`, without a key", "checks.encrypted.test_check::test_ciphertext_that_is_readable hostile.test_faults::test_f28_ciphertext_that_is_readable_is_not_one"),
    Attack("clear values in a sealed file: selectors, annotations, `!!null`", "found without a key", "checks.encrypted.test_clear::test_a_secret_in_clear_is_said_once_without_a_key"),
    Attack("a token as a mapping key, or in place of a recipient", "found, and not shown", "checks.encrypted.test_clear::test_a_key_that_is_a_token_is_not_shown sops.format.test_recipients::test_a_message_shows_no_secret_in_place_of_a_recipient"),
    Attack("a token in place of a recipient, in a file or a rule", "no command shows it", "hostile.test_hints::test_a_token_in_place_of_a_recipient_is_shown_by_no_command"),
    Attack("a token as the name of a file or folder, or as what a symbolic link points to", "found in every form of input, and not shown in any format", "checks.test_names::test_a_token_in_a_name_or_a_target_is_found_and_not_shown checks.test_names::test_every_form_finds_them_and_no_format_shows_them checks.test_names::test_digests_slugs_and_examples_are_no_secrets"),
    Attack("files that a rule names and nobody can read, binary stores, lists of Secrets", "`not-sealed`", "claims.test_claim::test_whatever_store_name_and_shape claims.test_claim::test_bytes_that_are_not_text"),
    Attack("the first line of a Git LFS pointer before plaintext", "only a whole pointer is one", "engine.test_sources::test_what_is_passed_over"),
    Attack("a decrypted copy under another name", "known by its keys and lengths", "claims.test_copies::test_a_decryption_is_a_copy claims.test_claim::test_decrypted_copies_and_leftovers"),
    Attack("references to another server, literals dressed as references or placeholders", "named", "checks.test_references::test_another_server_and_a_literal_dressed_as_a_reference detectors.test_placeholders::test_a_literal_dressed_as_a_placeholder"),
    Attack("an armor, stanza or header that age refuses", "`damaged-key`, and not opened", "sops.format.test_age_file::test_what_age_refuses_is_seen_without_a_key sops.reading.test_data_key::test_a_stanza_without_a_body_is_refused_though_pyrage_opens_it"),
    Attack("a JWT of another repository id, environment, event or runner", "refused by the role", "vault_folder.test_oidc::test_anything_else_is_refused"),
    Attack("the rotator pushes versions out", "refused by the policy", "vault_folder.test_policies::test_the_rotator_cannot_lose_a_version"),
    Attack("references to `sys/`, `cubbyhole/`, `creds/`, and paths with `..`, `%2e%2e` or `..;`", "no credential is drawn, and no request goes elsewhere", "hostile.test_git_and_vault::test_a_reference_draws_no_credential_and_leads_nowhere_else"),
    Attack("a package changed at its index", "hashes required, in a job without credentials", "test_workflows::test_every_requirement_has_its_hashes test_workflows::test_credentials_are_where_nothing_is_fetched"),
    Attack("a defect of ours, taken for findings", "a status of its own", "test_cli::test_a_fault_of_ours_has_a_status_of_its_own"),
]  # fmt: skip
"""Every attack that was tried, by what it is aimed at."""


class Fault(NamedTuple):
    """A fault of the first version: what was so, the rules that it broke, and the test that failed there."""

    was: str
    rules: tuple[int, ...]
    test: str


RULES = {
    1: "reading runs nothing",
    2: "what runs is shown first",
    3: "credentials go only where the operator pointed",
    4: "children get an environment made for them",
    5: "files are written in one way",
    6: "time and memory are linear in the input",
    7: "output is encoded for its medium",
    8: "what is judged cannot loosen the judge",
    9: "SOPS authenticates no recipient",
    10: "odd answers end in one line",
    11: "our own supply chain and examples",
}
"""What Sealward promises, by number."""

FAULTS = [
    Fault("`.secrets.baseline` names a filter that is a file of the repository: it ran", (1,), "test_f01_a_baseline_runs_no_code"),
    Fault("a tracked link with the temporary file's name: its target was overwritten", (5,), "test_f02_a_link_with_the_name_of_a_temporary_file_is_not_followed"),
    Fault("an `hc_vault` stanza at a stranger's address: it got the token", (3,), "test_f03_a_stanza_gets_no_token"),
    Fault("a bundle of certificates, field marks, `{{`, globs: searched for ever", (6,), "test_f04_no_pattern_takes_for_ever"),
    Fault("aliases that nest: a traceback, and no findings", (6,), "test_f05_aliases_do_not_nest_without_end"),
    Fault("clear values in a sealed file: not looked at without a key", (8,), "test_f06_what_stands_in_clear_in_a_sealed_file_is_found_without_a_key"),
    Fault("files that a rule names and nobody can read: passed over", (8,), "test_f07_what_a_rule_names_must_be_sealed_also_where_it_cannot_be_read"),
    Fault("the first line of a Git LFS pointer: the rest was not read", (8,), "test_f08_the_first_line_of_a_pointer_is_not_a_pointer"),
    Fault("`working-tree-encoding`, `skip-worktree`: the hook saw another file than git recorded", (8,), "test_f09_a_hook_judges_what_is_recorded"),
    Fault("a secret that one pushed commit adds and the next removes: pushed", (8,), "test_f10_a_push_is_judged_commit_by_commit"),
    Fault("a pull request exempts its own leak: no word of it; `log.showSignature` lost the commit", (8,), "test_f11_a_range_does_not_exempt_its_own_leak_and_signatures_hide_no_commit"),
    Fault("names and recipients: written to terminals and to GitHub's runner", (7,), "test_f12_names_do_not_write_to_a_runner_or_a_terminal"),
    Fault("a name that is not UTF-8: a traceback, and no findings", (7,), "test_f13_a_name_that_is_no_utf_8_loses_no_finding"),
    Fault("odd tokens and answers: a traceback", (10,), "test_f14_an_odd_token_ends_in_one_line"),
    Fault("the question before a rotation: it hid arguments and variables", (2,), "test_f15_what_runs_is_shown_first"),
    Fault("an armor that age refuses: called sound", (11,), "test_f16_an_armor_that_age_refuses_is_seen_without_a_key"),
    Fault("the job with the credentials: installed what nobody had pinned", (11,), "test_f17_what_holds_credentials_fetches_nothing_unpinned"),
    Fault("git and hooks: had every credential in their environment", (4,), "test_f18_git_sees_no_credential"),
    Fault("a decrypted copy under an ordinary name: not seen", (8,), "test_f19_a_decrypted_copy_is_known_under_any_name"),
    Fault("the rotator's policy: promised what no server enforces", (11,), "test_f20_the_rotators_policy_promises_what_the_server_enforces"),
    Fault("an age plugin's recipient: a dry run started the program", (1, 9), "test_f21_a_recipient_starts_no_program"),
    Fault("a nested baseline, a redirect to another host: a traceback, the token", (6, 3), "test_f22_a_baseline_that_nests_and_a_redirect_to_another_host"),
    Fault("one byte that is not UTF-8, a zero byte, a long line, a large file: not searched", (8,), "test_f23_no_byte_switches_the_search_off"),
    Fault("references to a foreign Vault, literals in their dress: passed", (3,), "test_f24_a_reference_to_another_server_and_a_literal_in_its_dress"),
    Fault("`yaml.py` in the current folder: imported", (1,), "test_f25_no_module_of_the_current_folder_is_imported"),
    Fault("the rotator's role: bound neither ids, environment, event nor runner", (11,), "test_f26_the_rotators_role_binds_ids_environment_event_and_runner"),
    Fault("one-line JSON, `#` in a block: the square of its size", (6,), "test_f27_no_reader_takes_the_square_of_its_input"),
    Fault("readable text as ciphertext, a link to a token: passed", (9,), "test_f28_ciphertext_that_is_readable_is_not_one"),
]  # fmt: skip
"""All that a review of the first version found; ``tests`` are those of ``hostile.test_faults``."""


def faults() -> str:
    """The faults as Markdown."""
    rows = [
        f"| {number} | {was} | {'; '.join(RULES[rule] for rule in rules)} | `{test}` |"
        for number, (was, rules, test) in enumerate(FAULTS, 1)
    ]
    return "\n".join(["| | fault | rule | test |", "|---|---|---|---|", *rows, ""])


def rendered() -> str:
    """The table as Markdown."""
    rows = [f"| {tried} | {happens} | {_links(tests)} |" for tried, happens, tests in ATTACKS]
    return "\n".join(["| attack | what happens | test |", "|---|---|---|", *rows, ""])


def _links(tests: str) -> str:
    return "<br>".join(f"`{test}`" for test in tests.split())
