"""Mail, chat, telephone, and what sends through them."""

from __future__ import annotations

from sealward.detectors.tokens.kinds import kinds

KINDS = kinds(r"""
    a Slack webhook           | hooks\.slack\.com/(?:services|workflows|triggers)/ | [A-Za-z0-9/_-]{20,}
    a Slack token             | xox[abeoprs]- | (?:\d-)?[A-Za-z0-9-]{10,}
    a Slack token             | xapp-\d- | [A-Z0-9]+-\d+-[a-z0-9]{20,}
    a Discord webhook         | discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{15,21}/ | [\w-]{40,}
    a Teams webhook           | webhook\.office\.com/webhookb2/[0-9a-f-]{36}@ | [0-9a-f-]{0,36}
    a Teams webhook           | outlook\.office\.com/webhook/[0-9a-f-]{36}@ | [0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}
    a Zapier webhook          | hooks\.zapier\.com/hooks/catch/ | [0-9a-zA-Z]{6,}(?:/[0-9a-z]{6,})?
    a Tines webhook           | \.tines\.com/webhook/ | [0-9a-f]{32}/[0-9a-f]{32}
    a SendGrid key            | SG\. | [\w-]{16,}\.[\w-]{32,}
    a Mailgun key             | (?:key|pubkey)- | [0-9a-f]{32}
    a Brevo key               | x(?:keysib|smtpsib)- | [0-9a-f]{64}-[A-Za-z0-9]{16}
    a Resend key              | re_ | [A-Za-z0-9]{7,9}_[A-Za-z0-9]{20,24}
    a MailerSend token        | mlsn\. | [0-9a-f]{64}
    a Mandrill key            | md- | [\w-]{22}
    a OneSignal key           | os_v2_(?:app|org)_ | [a-z2-7]{100,}
    a Pushbullet token        | o\. | [A-Za-z0-9]{32}
    an ntfy token             | tk_ | [a-z0-9]{29}
    a Matrix token            | syt_ | [A-Za-z0-9+/=]+_[A-Za-z]{20}_[A-Za-z0-9]{6}
    a Telnyx key              | KEY | [0-9A-Z][A-Za-z0-9]{16,}_[\w-]{20,}
    a Telnyx key              | KEYU | [\w-]{55}
    a PubNub secret           | sec-c- | [A-Za-z0-9]{40,}
    a Twilio key              | SK | [0-9a-f]{32}
    a Mailchimp key           |  | [0-9a-f]{32}-us\d{1,2}
    a Discord bot token       |  | [MNO][A-Za-z0-9_-]{23,27}\.[\w-]{6}\.[\w-]{27,40}
    a Telegram bot token      | (?<!\d) | \d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])
    a Facebook token          | EAA(?:CEdEose0cBA|[A-Z]) | [A-Za-z0-9]{100,}
    an X bearer token         | (?<![\w+/=])A{20,22} | [A-Za-z0-9%]{70,100}(?![A-Za-z0-9+/=%])
    """)  # fmt: skip
