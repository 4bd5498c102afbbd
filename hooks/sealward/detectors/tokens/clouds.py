"""Where programs run, and where their data and secrets are kept."""

from __future__ import annotations

from sealward.detectors.tokens.kinds import Kind, kinds

KINDS = (
    Kind("a Vault token", r"(?<![\w.])\b[sbr]\.(?=[A-Za-z]*[0-9])", r"[A-Za-z0-9]{24}(?:\.[A-Za-z0-9]{5,6})?(?![\w\x28-])", "random"),
    *kinds(r"""
    an AWS access key         | (?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9]) | [A-Z2-7]{16}
    an AWS Bedrock key        | ABSKQmVkcm9ja0FQSUtleS | [A-Za-z0-9+/]{80,}=*
    an AWS session token      | (?:FwoGZXIvYXdz|IQoJb3JpZ2lu) | [A-Za-z0-9+/]{100,}={0,2}
    an Amazon MWS token       | amzn\.mws\. | {uuid}
    a Google API key          | AIza | [\w-]{35}
    a Google client secret    | GOCSPX- | [\w-]{20,}
    a Google token            | ya29\. | [\w-]{20,}
    a Google refresh token    | 1//0 | [\w-]{40,}
    a Firebase server key     | AAAA[\w-]{7}:APA91b | [\w-]{100,}
    an Azure key              | (?:AccountKey|SharedAccessKey|SharedAccessSignature)= | [A-Za-z0-9+/%&=-]{20,}
    an Azure key              | Id=[\w+/.:-]{10,40};Secret= | [A-Za-z0-9+/]{40,}=?
    an Alibaba Cloud key      | LTAI | [A-Za-z0-9]{16,20}
    a Tencent Cloud key       | AKID | [A-Za-z0-9]{32}
    an Exoscale key           | EXO | [0-9a-f]{24}
    a Scaleway key            | SCW | [A-Z0-9]{17}
    an UpCloud token          | ucat_ | [A-Z0-9]{26}
    a Yandex Cloud key        | AQVN | [A-Za-z0-9_-]{35,38}
    a Yandex token            | y[0-3]_ | [\w-]{50,}
    a Yandex Cloud token      | t1\. | [A-Za-z0-9_-]+={0,2}\.[A-Za-z0-9_-]{86}={0,2}
    a cloud provider's token  | do[opr]_v1_ | [0-9a-f]{64}
    a cloud provider's token  | hcp\. | [\w]{20,}
    a cloud provider's token  | dapi | [0-9a-f]{32}(?:-\d)?
    a cloud provider's token  | fo1_ | [\w-]{40,}
    a cloud provider's token  | FlyV1 fm\d_ | [\w+/=]{40,}
    an Azure key              |  | [\w~.-]{3}\dQ~[\w~.-]{31,34}
    an Azure key              | [?&]sig= | [A-Za-z0-9%+/]{30,}
    a cloud provider's token  |  | [A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,}
    a Pulumi token            | pul- | [0-9a-f]{40}
    a Terraform token         | atlasv1\. | [\w-]{40,}
    a Cloudflare token        | cf(?:ut|at|k)_ | [A-Za-z0-9_-]{40,60}
    a Cloudflare CA key       | v1\.0- | [0-9a-f]{24}-[0-9a-f]{146}
    a Heroku key              | HRKU- | [\w-]{36,}
    a Vercel token            | (?:vercel|vcp|vci|vca|vcr|vck)_ | [A-Za-z0-9]{20,}
    a Netlify token           | nfp_ | [A-Za-z0-9_]{36}
    a Deno Deploy token       | dd[op]_ | [A-Za-z0-9]{36}
    a Render key              | rnd_ | [A-Za-z0-9]{28,}
    a Scalingo token          | tk-us- | [\w-]{48}
    a Supabase key            | sbp_ | (?:v0_)?[0-9a-z]{40}
    a Supabase key            | sb_secret_ | [A-Za-z0-9_-]{30,}
    a Neon key                | napi_ | [a-z0-9]{60,}
    a PlanetScale password    | pscale_(?:tkn|pw|oauth)_ | [A-Za-z0-9_.=-]{32,}
    a MongoDB Atlas secret    | mdb_sa_sk_ | [\w-]{40}
    a CockroachDB key         | CCDB1_ | [A-Za-z0-9]{22}_[A-Za-z0-9]{40}
    a Confluent secret        | cflt | [A-Za-z0-9+/]{60}
    an Aiven token            | aivenv1 | [A-Za-z0-9+/=]{40,}
    a Prefect key             | pn[ub]_ | [A-Za-z0-9]{36}
    a dbt token               | dbt[cu]_ | [A-Za-z0-9_-]{30,}
    a LocalStack token        | ls- | [A-Za-z]{4}[0-9]{4}-[A-Za-z0-9]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}
    a Tailscale key           | tskey-(?:api|auth|client|scim|webhook)- | [\w-]{20,}
    a NetBird token           | nbp_ | [A-Za-z0-9]{36}
    a Teleport token          | tbot- | [0-9a-f]{32}
    a Vault token             | (?<![\w.])hv[sbr]\. | [\w-]{20,}(?![\w\x28-])
    a Doppler token           | dp\.(?:ct|pt|st|sa|scim|audit)\. | [\w.-]{40,}
    an Infisical token        | st\.[0-9a-f]{24}\.[0-9a-f]{32}\. | [0-9a-f]{32}
    a 1Password token         | ops_eyJ | [A-Za-z0-9+/_-]{200,}=*
    a 1Password secret key    | A3-[A-Z0-9]{6}- | [A-Z0-9]{6}(?:-?[A-Z0-9]{5}){4}
    a Bitwarden token         | 0\.{uuid}\. | [A-Za-z0-9]{30}:[A-Za-z0-9+/=]{24}
    a JumpCloud key           | jca_ | [A-Za-z0-9]{36}
    a Stytch secret           | secret-(?:live|test)- | [\w-]{30,}=
    a Kong token              | kpat_ | [A-Za-z0-9]{40,}
    a TrueNAS key             | (?<![\w-])\b\d- | [A-Za-z0-9]{64}
    a SettleMint token        | sm_(?:aat|pat|sat)_ | [A-Za-z0-9]{16}
    a 42 secret               | s-s4t2(?:ud|af)- | [0-9a-f]{64}
    """),
)  # fmt: skip
