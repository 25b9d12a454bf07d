export OPENAI_API_BASE_URL="{{baseUrl}}"
export OPENAI_API_KEY="${AGPROXY_API_KEY:-none}"
export DEFAULT_MODELS="{{model}}"
open-webui serve
