cline auth -p openai -k "$AGPROXY_API_KEY" -m "{{model}}" -b "{{baseUrl}}"
