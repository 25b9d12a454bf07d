export GOOGLE_GEMINI_BASE_URL="{{url}}"
export GEMINI_API_KEY="${AGPROXY_API_KEY:-none}"
gemini --model "{{model}}"
