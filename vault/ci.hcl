# What the lint stage of CI may do: see versions, their age and the names of keys (`sealward status --check`).
# It reads no value, and writes nothing. The wallet is left out: also its key names are nobody's business in CI,
# where the code of a pull request may run.

path "secret/metadata/bot/binance" {
  capabilities = ["read"]
}

path "secret/metadata/bot/kraken" {
  capabilities = ["read"]
}

path "secret/metadata/alerts/+" {
  capabilities = ["read"]
}

path "secret/subkeys/bot/binance" {
  capabilities = ["read"]
}

path "secret/subkeys/bot/kraken" {
  capabilities = ["read"]
}

path "secret/subkeys/alerts/+" {
  capabilities = ["read"]
}

# How many versions the mount keeps: a pin that the next write pushes out is a warning.
path "secret/config" {
  capabilities = ["read"]
}

path "database/roles/+" {
  capabilities = ["read"]
}
