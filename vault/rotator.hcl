# What `sealward rotate` and `retire` may do: write new versions of just the secrets that rotation.yaml names, and
# keep in their custom metadata the journal, what is to be revoked, and which repository pins what. The server
# refuses it to delete or destroy a version, to change how many are kept, to list secrets, and to read the wallet.
#
# What no policy can refuse: a write that drops a sibling key (a merge patch with null), and so many writes that
# old versions are pushed out. Against the first set `cas_required` on the mount, so that nobody writes over what
# they have not seen; against the second keep enough versions (vault/README.md has both commands).
#
# Where a server refuses "patch" (Vault before 1.9), say "update" instead: Sealward then reads, merges and writes.

path "secret/data/bot/binance" {
  capabilities = ["read", "patch"]
}

path "secret/metadata/bot/binance" {
  capabilities       = ["read", "patch"]
  allowed_parameters = { "custom_metadata" = [] }
}

path "secret/data/bot/kraken" {
  capabilities = ["read", "patch"]
}

path "secret/metadata/bot/kraken" {
  capabilities       = ["read", "patch"]
  allowed_parameters = { "custom_metadata" = [] }
}

path "secret/data/alerts/+" {
  capabilities = ["read", "patch"]
}

path "secret/metadata/alerts/+" {
  capabilities       = ["read", "patch"]
  allowed_parameters = { "custom_metadata" = [] }
}

# How many versions the mount keeps: a rotation needs the old one to stay.
path "secret/config" {
  capabilities = ["read"]
}

# The TTL of the dynamic database login, for `sealward status`. It is drawn by the bot alone.
path "database/roles/+" {
  capabilities = ["read"]
}

# Ask what this token may do before the first write, and keep the token alive during a long run.
path "sys/capabilities-self" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}

path "auth/token/lookup-self" {
  capabilities = ["read"]
}
