cline auth -p openai -k "${AGPROXY_API_KEY:-none}" -m "{{model}}" -b "{{baseUrl}}"
