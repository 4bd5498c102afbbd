"""Payments, banks, shops and what they ship."""

from __future__ import annotations

from sealward.detectors.tokens.kinds import kinds

KINDS = kinds(r"""
    a Stripe key              | (?:[sr]k_(?:live|test)_|whsec_) | [A-Za-z0-9+/=]{15,}
    a Square token            | sq0[a-z]{3}- | [\w-]{22,}
    a Square token            | EAAA | [\w-]{60}
    a PayPal token            | access_token\$(?:production|sandbox)\$ | [0-9a-z]{16}\$[0-9a-f]{32}
    a Shopify token           | shp(?:at|ca|pa|ss|tka|ptk)_ | [0-9a-fA-F]{32}
    a Razorpay key            | rzp_live_ | [A-Za-z0-9]{14}
    an Adyen key              | AQE[a-z]hm | [A-Za-z0-9+/=_-]{90,}
    a Flutterwave key         | FLWSECK(?:_TEST)?- | [0-9a-f]{32}-X
    a Plaid token             | access-(?:sandbox|development|production)- | {uuid}
    a Paddle key              | pdl_(?:live|sdbx)_apikey_ | [a-z0-9]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}
    a Xendit key              | xnd_(?:production|development)_ | [A-Za-z0-9]{40,}
    a Mercado Pago token      | APP_USR-\d{16}-\d{6}- | [0-9a-f]{32}-\d{6,}
    a Pagar.me key            | ak_(?:live|test)_ | [A-Za-z0-9]{30}
    a Mercury token           | secret-token:mercury_(?:production|sandbox)_ | [\w]{30,}
    a Brex token              | bxt_ | [A-Za-z0-9]{36,}
    a Duffel token            | duffel_(?:live|test)_ | [\w=-]{43}
    an EasyPost key           | EZ[AT]K | [A-Za-z0-9]{54}
    a Shippo token            | shippo_(?:live|test)_ | [0-9a-fA-F]{40}
    a Flexport token          | shltm_ | [\w-]{40}
    a Fleetbase key           | flb_(?:live|test)_ | [A-Za-z0-9]{20}
    an Onfido token           | api_(?:live|sandbox)(?:_[a-z]{2})?\. | [\w-]{11}\.[\w-]{32}
    """)  # fmt: skip
