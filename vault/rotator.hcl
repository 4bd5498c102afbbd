# What `sealward rotate` may do: write new versions of just the secrets that rotation.yaml names, with
# check-and-set, and keep its journal in their custom metadata. It cannot delete or destroy a version,
# change how many are kept, list secrets, or read the wallet.
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
