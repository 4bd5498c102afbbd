"""Tokens without a beginning of their own: known where their key names the issuer, and by their shape.

``DATADOG_API_KEY=…`` with 32 hexadecimal digits is one; ``digest: …`` with as many is not.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from sealward.patterns import re2_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.patterns import Compiled

TABLE = """
    Abstract | abstractapi | h32
    Airbrake | airbrake | w32 w40
    Aiven | aiven | b100-400
    Alchemy | alchemy | u32
    Algolia | algolia | w32
    Alibaba Cloud | alibaba aliyun alicloud | w30
    Apify | apify | w17 w36
    apilayer | apilayer aviationstack coinlayer countrylayer currencylayer fixer ipstack languagelayer mailboxlayer | w32
    apilayer | marketstack mediastack numverify pdflayer positionstack scrapestack screenshotlayer serpstack | w32
    apilayer | userstack vatlayer weatherstack zenserp exchangerates | w32
    AppOptics | appoptics | u71
    Asana | asana | h32
    AssemblyAI | assemblyai | w32
    Atera | atera | w32
    Atlassian | atlassian jira confluence | w24
    Auth0 | auth0 | u64
    AWS | aws_secret awssecret | b40
    Axonaut | axonaut | w32
    Azure OpenAI | azure_openai azureopenai azure_cognitive | h32 w84
    Azure | azure personalaccess cosmosdb | w52 w84 b86-88
    BeeBole | beebole | w40
    Binance | binance | w64
    Bitbucket | bitbucket | u32 u44 u64
    BitcoinAverage | bitcoinaverage | w43
    Bitfinex | bitfinex | w43
    Bitly | bitly | h40
    BitMEX | bitmex | u48
    Blocknative | blocknative | uuid
    BorgBase | borgbase | u148-160
    Box | _box_ | w32
    Brandfetch | brandfetch | b43-44 w40
    BuddyNS | buddyns | h40
    Bugsnag | bugsnag | h32 uuid
    ButterCMS | buttercms | h40
    Bybit | bybit | w18 w36
    CalorieNinjas | calorieninja | w40
    Canny | canny | uuid
    CentralStationCRM | centralstationcrm | w30
    ChatBot | chatbot | u32
    Checkly | checkly | h32
    CircleCI | circleci _circle_ | h40
    Clarifai | clarifai | h32
    Clearbit | clearbit | w35 sk_h32
    Clockify | clockify | w48 b48
    Cloudflare | cloudflare _cf_api _cf_dns | h37 u40
    Cloudimage | cloudimage | w30
    Cloudinary | cloudinary | u27
    CloudSight | cloudsight | u22
    ClustDoc | clustdoc | w64
    Codacy | codacy | w20 h32
    Code Climate | codeclimate | h64
    Codecov | codecov | uuid
    Cohere | cohere | w40
    Coinbase | coinbase | w16 w32 w64
    Coinlib | coinlib | w16
    Confluent | confluent | b64
    Contentful | contentful | u43
    ConvertKit | convertkit | u22 u43
    Courier | courier | pk_prod_w28 pk_test_w28
    Coveralls | coveralls | w32
    CraftMyPDF | craftmypdf | w35
    Crowdin | crowdin | w80
    Currents | currentsapi | q48
    Data.gov | data_gov datagov nasa | w40
    Datadog | datadog _dd_api _dd_app | h32 w40
    Deepgram | deepgram | h40
    DeepL | deepl | uuid uuid:fx
    Diffbot | diffbot | h32
    Discord | discord | u32
    Disqus | disqus | w64
    DNSimple | dnsimple | w32
    Dropbox | dropbox | w15 u64
    Dyspatch | dyspatch | w52
    Elastic Email | elasticemail _elastic_ | w96
    Etherscan | etherscan bscscan polygonscan arbiscan snowtrace basescan | w34
    Eventbrite | eventbrite | w20
    Facebook | facebook _fb_ | h32
    Fastly | fastly | u32
    FetchRSS | fetchrss | w40
    Figma | figma | d4-uuid
    Finicity | finicity | h32 w20
    Finnhub | finnhub | w20
    Flickr | flickr | h16 h32
    FormCraft | formcraft | w16
    Foursquare | foursquare | w48
    FreshBooks | freshbooks | h64
    Fulcrum | fulcrum | w80
    FullStory | fullstory | b104
    Gandi | gandi | w24 h40
    Geckoboard | geckoboard | h32 b44
    geocode.xyz | geocode | w28
    GetGeoAPI | getgeoapi | w40
    Gist | getgist | b68
    Gitea | gitea forgejo codeberg | h40
    GitHub | github _gh_ | h40
    GitLab | gitlab | u20
    GoCardless | gocardless | live_u40 sandbox_u40
    Godaddy | godaddy | u22 u35-37
    Google | google | u24
    Groove | groovehq | h64
    GTmetrix | gtmetrix | h32
    HERE | hereapi _here_api _here_maps | u43-45
    Heroku | heroku | uuid
    Hetzner | hetzner hcloud | w32 w64
    Honeycomb | honeycomb | w22 w32
    HubSpot | hubspot hapikey | uuid
    Humanity | humanity | w40
    Hunter | _hunter_ hunterio | h40
    IBM Cloud | _ibm_ | u44
    ImageKit | imagekit | u28-40
    Impala | impala | w48
    Infura | infura | h32
    Instabot | instabot | b44
    Intercom | intercom | b60
    Interseller | interseller | uuid
    Intrinio | intrinio | b44
    IPGeolocation | ipgeolocation | h32
    IPinfo | ipinfo | h14
    Jenkins | jenkins | h32 h34
    JumpCloud | jumpcloud | w40
    Juro | juro | w40
    Klaviyo | klaviyo | pk_h34
    Kontent.ai | kontent | uuid
    Kraken | kraken | b56 b88
    KuCoin | kucoin | h24 uuid
    Kylas | kylas | uuid
    LaunchDarkly | launchdarkly | uuid
    LINE | _line_ linenotify | h32 w43 b172
    LinkedIn | linkedin | w14 w16
    Linode | linode | h64
    LoginRadius | loginradius | uuid
    Lokalise | lokalise | h40
    Lunch Money | lunchmoney | h50
    Mailgun | mailgun | h32-h8-h8
    Mailjet | mailjet | h32
    Mandrill | mandrill | u22
    MapQuest | mapquest | w32
    Mattermost | mattermost | w26
    MeisterTask | meistertask mindmeister | w43
    mesibo | mesibo | w64
    MessageBird | messagebird | w25
    Microsoft Teams | msteams | h32
    Mistral | mistral | w32
    MongoDB Atlas | mongodb atlas | uuid
    Moosend | moosend | uuid
    Moralis | moralis | w64
    Nasdaq Data Link | nasdaq quandl | u20
    Netlify | netlify | u43-45 h64
    New Relic | newrelic new_relic | h40 h36NRAL
    NewsAPI | newsapi | h32
    Newscatcher | newscatcher | u43
    NFTPort | nftport | uuid
    ngrok | ngrok | u40-50
    npm | npm | uuid
    NuGet | nuget | w46
    Nylas | nylas | w30
    Okta | okta | 00u40
    Omnisend | omnisend | u75
    OneSignal | onesignal | uuid b48
    OOPSpam | oopspam | w40
    OpenCage | opencage | h32
    OpenUV | openuv | w32
    OpenWeather | openweather _owm_ | h32
    Opsgenie | opsgenie | uuid
    PagerDuty | pagerduty | p20 h32
    PandaScore | pandascore | u50
    ParallelDots | paralleldots | w43
    Pastebin | pastebin | w32
    Paymo | paymoapp | w44
    PayMongo | paymongo | w32
    PayPal | paypal | u64 u80
    Pipedrive | pipedrive | h40
    Plaid | plaid | h24 h30
    Planyo | planyo | w64
    Polygon | polygon | w32
    Postmark | postmark | uuid
    Privacy | _privacy_ | uuid
    Pusher | pusher | h20
    Pushover | pushover | w30
    Quay | quay | w40 w64
    RapidAPI | rapidapi | w50
    ReachMail | reachmail | b80-88
    reCAPTCHA | recaptcha | 6Lu38
    Reply | replyio | w24
    RiteKit | ritekit | h44
    Rollbar | rollbar | h32
    Route4Me | route4me | w32
    Salesflare | salesflare | u45
    SauceLabs | sauce | uuid
    Scaleway | scaleway _scw_ | uuid
    ScrapingBee | scrapingbee | w80
    Segment | segment | w32
    Sentry | sentry | h64
    Shodan | shodan | w32
    Shotstack | shotstack | w40
    SignUpGenius | signupgenius | h32
    SigOpt | sigopt | w48
    Simplesat | simplesat | w40
    Snipcart | snipcart | u75
    Snyk | snyk | uuid
    SonarCloud | sonar | h40
    Splunk | splunk | uuid w22
    Spotify | spotify | h32
    Squarespace | squarespace | uuid
    Statuspage | statuspage | uuid
    Surveybot | surveybot | w80
    T.LY | _tly_ | w60
    Telegram | telegram | h32
    ThingsBoard | provisiondevice | w20
    Ticketmaster | ticketmaster | w32
    Todoist | todoist | h40
    Toggl | toggl | h32
    TomTom | tomtom | w32
    Travis CI | travis | u22
    Trello | trello | w32 w64
    Twilio | twilio | h32
    Twitch | twitch | w30
    Twitter | twitter | w22-25 w41-50
    Unsplash | unsplash | u43
    UpLead | uplead | w32
    urlscan.io | urlscan | uuid
    Vercel | vercel | w24
    VirusTotal | virustotal _vt_api | h64
    Voodoo SMS | voodoosms | w46
    Vultr | vultr | w36
    Vyte | vyte | w50
    Weatherbit | weatherbit | h32
    Webflow | webflow | h64
    Weights & Biases | wandb | h40
    Wise | transferwise | uuid
    Wistia | wistia | h64
    Worksnaps | worksnaps | w40
    Yelp | yelp | u128
    YouTube | youtube | u39
    Zendesk | zendesk | w40
    Zenscrape | zenscrape | uuid
    ZeroBounce | zerobounce | w32
    ZeroTier | zerotier | w32
    Zonka Feedback | zonka | w36
"""
"""Who issues it; words of its keys; shapes: an alphabet and a length, as the issuer documents them.

In a word ``_`` stands for any separator, and at its start for the start of the key, too.

``h`` is hexadecimal, ``w`` letters and digits, ``u`` these with ``_`` and ``-``, ``b`` Base64, ``p`` those of
``u`` with ``+``, ``q`` of both, ``d`` digits; other characters stand for themselves.
"""

_ALPHABETS = {
    "h": "[0-9a-fA-F]",
    "w": "[A-Za-z0-9]",
    "u": "[A-Za-z0-9_-]",
    "b": "[A-Za-z0-9+/=]",
    "p": "[A-Za-z0-9+_-]",
    "q": "[A-Za-z0-9+/=_-]",
    "d": "[0-9]",
}
_STEP = re.compile(r"(uuid)|([hwubpqd])(\d+)(?:-(\d+))?|.")
_ENDS = r"(?:key|token|secret|passw|pat|auth)[\w.-]*"
_KEY = rf"[\w.-]*{_ENDS}"
_BETWEEN = r"[\"'\]]*\s*(?:=>|:=|[:=])\s*[\"'(]*"
_LAST = ("key", "token", "secret", "password", "passwd", "pat")
"""How keys end that hold a token, once they name its issuer: ``algolia_key``."""

_NOT = frozenset("cache public publishable existing lock idempotency sort partition".split())
_SHORTEST = 14
_WORDY, _BARELY = 0.6, 0.25
"""So much of a name is words; and less than that of what was drawn."""


@lru_cache(maxsize=1)
def _rows() -> list[tuple[str, list[str], str]]:
    return [
        (name, words.split(), shapes)
        for name, words, shapes in (line.strip().split(" | ") for line in TABLE.strip().splitlines())
    ]


def issuers() -> list[str]:
    """Everybody whose tokens are known beside their key."""
    return list(dict.fromkeys(name for name, _, _ in _rows()))


ASSIGNMENT = rf"(?i:{_ENDS}){_BETWEEN}[A-Za-z0-9_+/=-]{{{_SHORTEST}}}"
"""The same whoever the key names: what is quickly said to be absent."""


def shape() -> str:
    """What every such assignment matches, as a pattern of RE2: a few more texts match."""
    return rf"(?i:(?:{_words()}){_KEY}){_BETWEEN}[A-Za-z0-9_+/=-]{{{_SHORTEST}}}"


def tokens_in(text: str) -> Iterator[tuple[str, str]]:
    """Every such token of a line: what it is, and the token itself."""
    for match in _assignment().finditer(text):
        key, value = match["key"], match["value"].rstrip(".:")
        issuer = _issuer(f"_{key.lower()}".replace("-", "_").replace(".", "_"), value)
        if issuer and _asks_for_one(key) and _is_drawn(value):
            yield f"{'an' if issuer[0] in 'AEIOn' else 'a'} {issuer} key", value


def _issuer(key: str, value: str) -> str | None:
    for name, words, shapes in _rows():
        if any(word in key for word in words) and _shape(shapes).fullmatch(value):
            return name
    return None


def _words() -> str:
    return "|".join(_spelled_word(word) for _, words, _ in _rows() for word in words)


def _spelled_word(word: str) -> str:
    inside = word[1:].replace("_", "[_.-]")
    return rf"(?:\b|[_.-]){inside}" if word[0] == "_" else word[0] + inside


@lru_cache(maxsize=1)
def _assignment() -> Compiled:
    return re2_of(
        rf"(?P<key>(?i:[\w.-]*(?:{_words()}){_KEY})){_BETWEEN}(?P<value>[A-Za-z0-9_+/=:.-]{{{_SHORTEST},}})"
    )


@cache
def _shape(shapes: str) -> re.Pattern[str]:
    """The pattern of a row's shapes, as the table writes them."""
    return re.compile("|".join(_STEP.sub(_spelled, one) for one in shapes.split()))


def _spelled(step: re.Match[str]) -> str:
    if step[1]:
        return "-".join(f"[0-9a-fA-F]{{{size}}}" for size in (8, 4, 4, 4, 12))
    if step[2]:
        return f"{_ALPHABETS[step[2]]}{{{step[3]}{',' + step[4] if step[4] else ''}}}"
    return re.escape(step[0])


def _asks_for_one(key: str) -> bool:
    from sealward.detectors.key_names import names_secret, words_of

    return not _NOT & set(words_of(key)) and (key.lower().endswith(_LAST) or names_secret(key))


def _is_drawn(value: str) -> bool:
    from sealward.detectors.randomness import is_hex, wordiness
    from sealward.detectors.tokens.proofs import drawn

    if not drawn(value, value):
        return False
    if not any(map(str.isdigit, value)):  # one of thirty of twenty letters and digits has no digit
        return value not in (value.lower(), value.upper()) and wordiness(value) < _BARELY
    return is_hex(value) or wordiness(value) < _WORDY
