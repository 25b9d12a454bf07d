export ANTHROPIC_BASE_URL="{{url}}"
export ANTHROPIC_AUTH_TOKEN="${AGPROXY_API_KEY:-none}"
export ANTHROPIC_MODEL="{{model}}"
claude
