"""Who may call the LiteLLM proxy of the specs. Without a database, LiteLLM knows no wrong key."""

from litellm.proxy._types import ProxyException, UserAPIKeyAuth


async def check(request, api_key):
    if api_key != "sk-spec":
        message = "Authentication Error, Invalid proxy server token passed."
        raise ProxyException(message=message, type="auth_error", param="None", code=401)
    return UserAPIKeyAuth(api_key=api_key)
