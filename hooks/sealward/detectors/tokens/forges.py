"""Where code is kept, built, checked, published and released."""

from __future__ import annotations

from sealward.detectors.tokens.kinds import Kind, kinds

KINDS = (
    Kind("a GitHub token", r"gh[pousr]_", r"[A-Za-z0-9]{36,255}", "checked"),
    Kind("a package registry token", r"npm_", r"[A-Za-z0-9]{36}", "checked"),
    *kinds(r"""
    a GitHub token            | github_pat_ | [A-Za-z0-9_]{40,}
    a GitLab token            | (?:glpat|gldt|glrt|glrtr|glptt|glcbt|glsoat|glagent|glft|glimt|gloas|glffct|glwt)- | (?:t\d_)?[A-Za-z0-9_.-]{20,}
    a GitLab token            | GR1348941 | -?[A-Za-z0-9_-]{20,}
    a Bitbucket app password  | ATBB | [A-Za-z0-9]{32}
    an Atlassian token        | AT(?:ATT|CTT)3xFfG | [A-Za-z0-9_=-]{100,}
    an Azure DevOps token     |  | [A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{18}AZDO[A-Za-z0-9]{4}
    a Gitea token             | gta_ | [A-Za-z0-9]{40}
    a package registry token  | pypi-AgE | [\w-]{50,}
    a package registry token  | rubygems_ | [0-9a-f]{40,}
    a package registry token  | cio | [A-Za-z0-9]{32}
    a Docker Hub token        | dckr_[op]at_ | [\w-]{20,}
    a NuGet key               | oy2 | [a-z0-9]{43}
    a Packagist token         | packagist_[a-z]{2,3}_ | [0-9a-f]{68}
    a Clojars token           | CLOJARS_ | [0-9a-f]{60}
    a JFrog token             | AKCp | [A-Za-z0-9]{60,}
    a JFrog token             | cmVmdGtu | [A-Za-z0-9]{56}
    a Cloudsmith key          | ckey_ | [A-Za-z0-9]{32,}
    a Buildkite token         | bk(?:ua|aj|ct|pat)_ | [0-9a-z]{40}
    a CircleCI token          | CCIP(?:AT|RJ)_ | [A-Za-z0-9]{22,24}_[0-9a-z]{40,46}
    a Harness token           | (?:pat|sat)\.[\w-]{22}\.[0-9a-f]{24}\. | [A-Za-z0-9]{20}
    an Octopus Deploy key     | API- | [A-Z0-9]{26,36}
    a Sonar token             | sq[apu]_ | [0-9a-f]{40}
    a Sourcegraph token       | sgp_ | (?:(?:[0-9a-f]{16}|local)_)?[0-9a-fA-F]{40}
    a Sourcegraph token       | slk_ | [0-9a-f]{64}
    a Snyk token              | snyk_(?:uat|sat)\. | [\w.-]{40,}
    a Semgrep token           | semgrep_ | [0-9a-f]{64}
    a Dependency-Track key    | odt_ | [A-Za-z0-9]{32,}
    a StackHawk key           | hawk\. | [\w-]{20}\.[\w-]{20}
    a Nightfall key           | NF- | [A-Za-z0-9]{32}
    a LaunchDarkly key        | (?:sdk|api)- | {uuid}
    a Statsig key             | (?:secret|console)- | [A-Za-z0-9]{43}
    a Flagsmith key           | ser\. | [A-Za-z0-9]{22}
    a Trigger.dev key         | tr_(?:dev|prod|stg|pat)_ | [A-Za-z0-9]{20,}
    an Ionic token            | ion_ | [A-Za-z0-9]{42}
    a Postman key             | PMAK- | [0-9a-f]{24}-[0-9a-f]{34}
    a Postman token           | PMAT- | [A-Z0-9]{26}
    a ReadMe key              | rdme_ | [a-z0-9]{70}
    """),
)  # fmt: skip
