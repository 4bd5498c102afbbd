# What the trading bot may do: read its own API keys and its wallet, and draw database logins. Nothing else.

path "secret/data/bot/binance" {
  capabilities = ["read"]
}

path "secret/data/bot/kraken" {
  capabilities = ["read"]
}

path "secret/data/bot/wallet" {
  capabilities = ["read"]
}

path "database/creds/bot" {
  capabilities = ["read"]
}
