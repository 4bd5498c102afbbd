"""Watching, measuring, planning, writing: services that people and programs work with."""

from __future__ import annotations

from sealward.detectors.tokens.kinds import kinds

KINDS = kinds(r"""
    a Grafana token           | glsa_ | [A-Za-z0-9]{32}_[0-9a-f]{8}
    a Grafana token           | glc_ | [\w=+/-]{30,}
    a Grafana key             | eyJrIjoi | [\w=+/-]{40,}
    a Honeycomb key           | hc[abi][i-l]k_ | [a-z0-9]{58}
    a Sentry token            | sntry[su]_ | [\w=+/-]{30,}
    a Dynatrace token         | dt0[a-z]\d{2}\. | [A-Z0-9]{24}\.[A-Z0-9]{64}
    a New Relic key           | NRAK- | [A-Z0-9]{27}
    a New Relic key           | NRII- | [A-Za-z0-9_-]{32}
    a New Relic key           | NRJS- | [0-9a-f]{19}
    an Axiom token            | xa[ap]t- | {uuid}
    a Coralogix key           | cxt[ph]_ | [A-Za-z0-9]{30}
    a Checkly key             | cu_ | [0-9a-f]{32}
    a PostHog key             | phx_ | [A-Za-z0-9_-]{40,}
    a Segment token           | sgp_ | [A-Za-z0-9]{64}
    a Notion token            | ntn_ | [A-Za-z0-9]{40,}
    a Notion token            | secret_ | [A-Za-z0-9]{43}
    a Linear token            | lin_(?:api|oauth)_ | [A-Za-z0-9]{32,}
    an Asana token            | (?<![\w/])[012]/\d{15,17}(?:/\d{10,20})?: | [0-9a-f]{32}
    a ClickUp token           | pk_\d{5,10}_ | [A-Z0-9]{32}
    an Airtable token         | pat[A-Za-z0-9]{14}\. | [0-9a-f]{64}
    an Airtable token         | patkey | [\w.-]{40,}
    a Trello token            | ATTA | [0-9a-f]{64,72}
    a Figma token             | fig(?:d|o|ur|or)_ | [\w-]{30,}
    a Typeform token          | tfp_ | [\w-]{40,}
    a HubSpot token           | pat-(?:na|eu|ap)\d- | {uuid}
    a Salesforce token        | 00D[A-Za-z0-9]{12,15}! | [\w.]{80,}
    a Zoho token              | 1000\.[0-9a-f]{32}\. | [0-9a-f]{32}
    an Intercom token         | dG9r | [A-Za-z0-9+/_-]{54,60}={0,2}
    a Contentful token        | CFPAT- | [\w-]{40,}
    a Dropbox token           | sl\.(?:u\.)? | [\w-]{60,}
    an Adobe secret           | p8e- | [\w-]{32}
    an Adafruit IO key        | aio_ | [A-Za-z0-9]{28}
    a Frame.io token          | fio-u- | [\w-]{64}
    a Mapbox token            | [st]k\.eyJ | [\w-]{40,}\.[\w-]{16,}
    a MaxMind key             | [A-Za-z0-9]{6}_ | [A-Za-z0-9]{29}_mmk
    an n8n key                | n8n_api_ | [A-Za-z0-9]{40,}
    a Retool token            | retool_01 | [a-z0-9]{24}
    a Nylas key               | nyk_(?:v0_)? | [A-Za-z0-9]{60,}
    an ImageKit key           | private_ | [A-Za-z0-9+/]{27}=
    a Ubidots token           | BBF[FUX]- | [A-Za-z0-9]{30,40}
    a Blynk secret            | oa2-client-id_[\w-]{32}: | [\w-]{40}
    a Teamwork token          | tkn\.v1_ | [A-Za-z0-9+/]{60,}=*
    a Sidekiq login           | BUNDLE_(?:ENTERPRISE|GEMS)__CONTRIBSYS__COM["']?[:=]\s*["']? | [0-9a-f]{8}:[0-9a-f]{8}
    an UptimeRobot key        | u\d{6,10}- | [0-9a-f]{24}
    """)  # fmt: skip
