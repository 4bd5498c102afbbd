# One policy for all repositories of an organisation: each reads what lies under its own numeric id, and nothing of
# the others. ACCESSOR is that of the login method (`bao auth list`). The id it is, and not the name: a name has a
# slash in it, for which the server would refuse every request, and may be given up and taken by somebody else.

path "secret/data/repositories/{{identity.entity.aliases.ACCESSOR.metadata.repository_id}}/+" {
  capabilities = ["read"]
}
