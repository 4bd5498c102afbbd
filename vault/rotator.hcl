# What `sealward rotate` may do: write new versions of just the secrets that rotation.yaml names, with
# check-and-set, and keep its journal in their metadata. It cannot delete a version, nor read the wallet.

path "secret/data/bot/binance" {
  capabilities = ["read", "patch"]
}

path "secret/metadata/bot/binance" {
  capabilities = ["read", "patch"]
}

path "secret/data/bot/kraken" {
  capabilities = ["read", "patch"]
}

path "secret/metadata/bot/kraken" {
  capabilities = ["read", "patch"]
}

path "secret/data/alerts/slack" {
  capabilities = ["read", "patch"]
}

path "secret/metadata/alerts/slack" {
  capabilities = ["read", "patch"]
}

# The TTL of the dynamic database login, for `sealward status`.
path "database/roles/bot" {
  capabilities = ["read"]
}
