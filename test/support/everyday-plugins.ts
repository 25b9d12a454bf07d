/** The plugins of the default config that stand before rotation and the upstream. */
import { anthropic } from "@agproxy/plugin-anthropic";
import { audio } from "@agproxy/plugin-audio";
import { auth, type AuthOptions } from "@agproxy/plugin-auth";
import { embeddings } from "@agproxy/plugin-embeddings";
import { files } from "@agproxy/plugin-files";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import { guard } from "@agproxy/plugin-guard";
import { images } from "@agproxy/plugin-images";
import { mediaFetch } from "@agproxy/plugin-media-fetch";
import { modelMapping } from "@agproxy/plugin-model-mapping";
import { openai, type OpenaiOptions } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import type { Plugin } from "agproxy";

export function everydayPlugins(
  authOptions: AuthOptions = {},
  openaiOptions: OpenaiOptions = {},
): readonly Plugin[] {
  return [
    guard(),
    auth(authOptions),
    openai(openaiOptions),
    responses(),
    anthropic(),
    geminiNative(),
    embeddings(),
    images(),
    audio(),
    files(),
    modelMapping(),
    mediaFetch(),
  ];
}
