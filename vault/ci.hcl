# What the lint stage of CI may do: see that pinned versions exist (`sealward check --online`,
# `sealward status`). It reads metadata and the names of keys, and no value.

path "secret/metadata/bot/*" {
  capabilities = ["read"]
}

path "secret/metadata/alerts/*" {
  capabilities = ["read"]
}

path "secret/subkeys/bot/*" {
  capabilities = ["read"]
}

path "secret/subkeys/alerts/*" {
  capabilities = ["read"]
}

path "database/roles/bot" {
  capabilities = ["read"]
}
