import { defineConfig } from "agproxy";
import { anthropic } from "@agproxy/plugin-anthropic";
import { audio } from "@agproxy/plugin-audio";
import { auth } from "@agproxy/plugin-auth";
import { embeddings } from "@agproxy/plugin-embeddings";
import { files } from "@agproxy/plugin-files";
import { gemini } from "@agproxy/plugin-gemini";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import { guard } from "@agproxy/plugin-guard";
import { images } from "@agproxy/plugin-images";
import { mediaFetch } from "@agproxy/plugin-media-fetch";
import { modelMapping } from "@agproxy/plugin-model-mapping";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { rotation } from "@agproxy/plugin-rotation";
import { sandbox } from "@agproxy/plugin-sandbox";

const { AGPROXY_API_KEY, GEMINI_API_KEY, GEMINI_BASE_URL } = process.env;

export default defineConfig({
  // Let other machines in; then callers need a key.
  allowLanAccess: false,

  plugins: [
    // Who may come in
    guard(),
    auth({ keys: AGPROXY_API_KEY }),

    // What clients speak
    openai(),
    responses(),
    anthropic(),
    geminiNative(),
    embeddings(),
    images(),
    audio(),
    files(),

    // Which model a name means: your rules win over the built-in table
    modelMapping({
      rules: {
        // "gpt-4o": "gemini-2.5-pro",
        // "my-*": "gemini-2.5-flash",
      },
    }),

    // Files that a request links to are fetched, and nothing inside your network
    mediaFetch(),

    // Which account takes a request, and what happens when it fails
    rotation(),

    // Where requests go: the Gemini API, with these keys and those of `agproxy accounts add gemini`
    gemini({ keys: GEMINI_API_KEY || undefined, baseUrl: GEMINI_BASE_URL }),
    // Without any, a sandbox that needs none, until there is one
    !GEMINI_API_KEY && sandbox({ standIn: true }),
  ],
});
