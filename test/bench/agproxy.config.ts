import { defineConfig } from "agproxy";
import { anthropic } from "@agproxy/plugin-anthropic";
import { auth } from "@agproxy/plugin-auth";
import { gemini } from "@agproxy/plugin-gemini";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import { guard } from "@agproxy/plugin-guard";
import { modelMapping } from "@agproxy/plugin-model-mapping";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { rotation } from "@agproxy/plugin-rotation";

const { AGPROXY_API_KEY, GEMINI_BASE_URL, BENCH_REQUEST_LOG, OTEL_EXPORTER_OTLP_ENDPOINT } =
  process.env;

/** What is measured: the checked-in config with a key, two accounts, and the mock upstream behind it. */
export default defineConfig({
  // The load generator is one caller with a thousand streams.
  limits: { requests: 4096 },
  plugins: [
    guard(),
    auth({ mode: "all_except_health", keys: AGPROXY_API_KEY }),
    openai(),
    responses(),
    anthropic(),
    geminiNative(),
    modelMapping(),
    rotation(),
    gemini({ keys: "bench-account-1,bench-account-2", baseUrl: GEMINI_BASE_URL }),
    // What watches, where it is asked for (measurements/observed.ts). By name: only then is it loaded.
    BENCH_REQUEST_LOG !== undefined && ["request-log", { file: BENCH_REQUEST_LOG }],
    BENCH_REQUEST_LOG !== undefined && ["metrics", {}],
    OTEL_EXPORTER_OTLP_ENDPOINT !== undefined && ["tracing", {}],
  ],
});
