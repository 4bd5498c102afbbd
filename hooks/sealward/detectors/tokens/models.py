"""Who runs models, and what is built around them."""

from __future__ import annotations

from sealward.detectors.tokens.kinds import kinds

KINDS = kinds(r"""
    an Anthropic key          | sk-ant-(?:[a-z]+\d+-)? | [\w-]{32,}
    an OpenRouter key         | sk-or-v1- | [0-9a-f]{64}
    an AI provider's key      | sk-(?:proj-|svcacct-|or-|admin-|lf-)? | [A-Za-z0-9_-]{32,}
    an ElevenLabs key         | sk_ | [0-9a-f]{48}
    an xAI key                | xai- | [\w-]{60,}
    a Groq key                | gsk_ | [A-Za-z0-9]{40,}
    a Perplexity key          | pplx- | [A-Za-z0-9]{40,}
    an NVIDIA key             | nvapi- | [\w-]{60,}
    a Replicate key           | r8_ | [A-Za-z0-9]{37,}
    a Hugging Face token      | (?:hf|api_org)_ | [A-Za-z0-9]{34,}
    a Cerebras key            | csk- | [a-z0-9]{48}
    an Anyscale key           | esecret_ | [a-z0-9]{26,}
    a Pinecone key            | pcsk_ | [\w]{50,}
    a LangSmith key           | lsv2_(?:pt|sk)_ | [0-9a-f]{32}_[0-9a-f]{10}
    a Tavily key              | tvly-(?:dev-|prod-)? | [A-Za-z0-9]{32,}
    a Firecrawl key           | fc- | [0-9a-f]{32}
    a Jina key                | jina_ | [0-9a-f]{32}[\w-]{28,}
    a Voyage key              | pa- | [\w-]{43}
    an E2B key                | e2b_ | [0-9a-f]{40}
    a Modal token             | a[ks]- | [A-Za-z0-9]{22}
    a RunPod key              | rpa_ | [A-Z0-9]{40,}
    a Mem0 key                | m0- | [A-Za-z0-9]{40}
    a Voiceflow key           | VF\.(?:DM|WS)\. | [0-9a-f]{24}\.[A-Za-z0-9]{16}
    an Apify token            | apify_api_ | [A-Za-z0-9]{36}
    a Scrapfly key            | scp-(?:live|test)- | [0-9a-f]{32}
    """)  # fmt: skip
