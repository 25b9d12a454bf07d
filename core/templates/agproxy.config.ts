import { defaults, defineConfig } from "agproxy";

export default defineConfig({
  // Let other machines in; then callers need a key.
  allowLanAccess: false,

  // Everything official: the Gemini API with the keys in GEMINI_API_KEY, or a sandbox that needs none.
  // Options go by the plugin's name; `false` leaves a plugin out.
  plugins: defaults({
    // Which model a name means: your rules win over the built-in table
    "model-mapping": {
      rules: {
        // "gpt-4o": "gemini-2.5-pro",
        // "my-*": "gemini-2.5-flash",
      },
    },
  }),
});
