# What the lint stage of CI may do: see versions, their age and the names of keys (`sealward status --check`).
# It reads no value, and writes nothing.

path "secret/metadata/bot/+" {
  capabilities = ["read"]
}

path "secret/metadata/alerts/+" {
  capabilities = ["read"]
}

path "secret/subkeys/bot/+" {
  capabilities = ["read"]
}

path "secret/subkeys/alerts/+" {
  capabilities = ["read"]
}

path "database/roles/+" {
  capabilities = ["read"]
}
