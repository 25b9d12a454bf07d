export OPENAI_BASE_URL="{{baseUrl}}"
export OPENAI_API_KEY="${AGPROXY_API_KEY:-none}"
export OPENAI_MODEL="{{model}}"
qwen --auth-type openai
