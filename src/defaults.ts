import type { AnthropicOptions } from "@agproxy/plugin-anthropic";
import type { AuthOptions } from "@agproxy/plugin-auth";
import type { CloudCodeOptions } from "@agproxy/plugin-cloud-code";
import type { DashboardOptions } from "@agproxy/plugin-dashboard";
import type { EmbeddingsOptions } from "@agproxy/plugin-embeddings";
import type { FilesOptions } from "@agproxy/plugin-files";
import type { GeminiOptions } from "@agproxy/plugin-gemini";
import type { GuardOptions } from "@agproxy/plugin-guard";
import type { ImagesOptions } from "@agproxy/plugin-images";
import type { MediaFetchOptions } from "@agproxy/plugin-media-fetch";
import type { MetricsOptions } from "@agproxy/plugin-metrics";
import type { ModelMappingOptions } from "@agproxy/plugin-model-mapping";
import type { OpenaiOptions } from "@agproxy/plugin-openai";
import type { RedisOptions } from "@agproxy/plugin-redis";
import type { OpenaiCompatibleOptions } from "@agproxy/plugin-openai-compatible";
import type { RequestLogOptions } from "@agproxy/plugin-request-log";
import type { ResponsesOptions } from "@agproxy/plugin-responses";
import type { RotationOptions } from "@agproxy/plugin-rotation";
import type { SandboxOptions } from "@agproxy/plugin-sandbox";
import type { TracingOptions } from "@agproxy/plugin-tracing";
import type { VertexOptions } from "@agproxy/plugin-vertex";
import { isObject, nearestName, type Plugin, type PluginEntry } from "@agproxy/core";

/** Options of a plugin; `false` leaves it out, and another plugin stands in its place. */
type Choice<Options> = Options | Plugin | false;

/** What a config changes about the preset, by the names of the plugins. */
export interface DefaultsOptions {
  /** Absent: with the URL of `AGPROXY_REDIS_URL`, where it is set. */
  readonly redis?: Choice<RedisOptions>;
  readonly guard?: Choice<GuardOptions>;
  readonly auth?: Choice<AuthOptions>;
  readonly openai?: Choice<OpenaiOptions>;
  readonly responses?: Choice<ResponsesOptions>;
  readonly anthropic?: Choice<AnthropicOptions>;
  readonly "gemini-native"?: Choice<Readonly<Record<string, never>>>;
  readonly embeddings?: Choice<EmbeddingsOptions>;
  readonly images?: Choice<ImagesOptions>;
  readonly audio?: Choice<Readonly<Record<string, never>>>;
  readonly files?: Choice<FilesOptions>;
  readonly "model-mapping"?: Choice<ModelMappingOptions>;
  readonly "media-fetch"?: Choice<MediaFetchOptions>;
  readonly rotation?: Choice<RotationOptions>;
  /** Absent: not there. */
  readonly "request-log"?: Choice<RequestLogOptions>;
  /** Absent: not there. */
  readonly metrics?: Choice<MetricsOptions>;
  /** Absent: not there. */
  readonly tracing?: Choice<TracingOptions>;
  /** Absent: not there. */
  readonly dashboard?: Choice<DashboardOptions>;
  /** Absent: with the keys of `GEMINI_API_KEY` and of the accounts file. */
  readonly gemini?: Choice<GeminiOptions>;
  /** Absent: not there. */
  readonly "cloud-code"?: Choice<CloudCodeOptions>;
  /** Absent: not there. */
  readonly vertex?: Choice<VertexOptions>;
  /** Absent: not there. */
  readonly "openai-compatible"?: Choice<OpenaiCompatibleOptions>;
  /** Absent: there where no other upstream has an account, until one comes. */
  readonly sandbox?: Choice<SandboxOptions>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const everyday = [
  "guard",
  "auth",
  "openai",
  "responses",
  "anthropic",
  "gemini-native",
  "embeddings",
  "images",
  "audio",
  "files",
  "model-mapping",
  "media-fetch",
  "rotation",
] as const;
const upstreams = ["gemini", "vertex", "cloud-code", "openai-compatible"] as const;
/** They change nothing, and see what all others did. */
const onlookers = ["request-log", "metrics", "tracing", "dashboard"] as const;

/** The names of the plugins that come with agproxy. A config may use them without the package's scope. */
export const officialPlugins: readonly string[] = [
  "redis",
  ...everyday,
  ...upstreams,
  "sandbox",
  ...onlookers,
];

/**
 * Everything official, in the order in which it works. Accounts come from `GEMINI_API_KEY` and the accounts file, keys of
 * callers from `AGPROXY_API_KEY` and the file `AGPROXY_KEY_FILE`; where there is no account, a sandbox answers. More plugins
 * follow after it: `[...defaults(), shout]`.
 *
 * @example
 * export default defineConfig({ plugins: defaults({ rotation: { strategy: "fill-first" } }) });
 */
export function defaults(
  options: DefaultsOptions = {},
  environment: Environment = process.env,
): readonly PluginEntry[] {
  if (!isObject(options)) throw new Error("defaults: the options must be an object.");
  for (const [name, choice] of Object.entries(options)) checkChoice(name, choice);
  const { AGPROXY_API_KEY, AGPROXY_KEY_FILE, AGPROXY_REDIS_URL, GEMINI_API_KEY, GEMINI_BASE_URL } =
    environment;
  const given: DefaultsOptions = {
    ...options,
    auth: withDefaults(options.auth ?? {}, {
      keys: AGPROXY_API_KEY,
      ...(AGPROXY_KEY_FILE ? { file: AGPROXY_KEY_FILE } : {}),
    }),
    ...(AGPROXY_REDIS_URL && options.redis === undefined
      ? { redis: { url: AGPROXY_REDIS_URL } }
      : {}),
    // Also without a key: accounts of the accounts file come while agproxy runs.
    gemini: options.gemini ?? {
      ...(GEMINI_API_KEY ? { keys: GEMINI_API_KEY } : {}),
      ...(GEMINI_BASE_URL ? { baseUrl: GEMINI_BASE_URL } : {}),
    },
  };
  const sent = upstreams.map((name) => entryOf(name, given[name] ?? false));
  const isServed =
    Boolean(GEMINI_API_KEY && options.gemini === undefined) ||
    upstreams.some((name) => options[name] !== undefined && options[name] !== false);
  return [
    entryOf("redis", given.redis ?? false),
    ...everyday.map((name) => entryOf(name, given[name] ?? {})),
    ...sent,
    entryOf("sandbox", given.sandbox ?? (isServed ? false : { standIn: true })),
    ...onlookers.map((name) => entryOf(name, given[name] ?? false)),
  ].filter((entry) => entry !== false);
}

function checkChoice(name: string, choice: unknown): void {
  if (!officialPlugins.includes(name)) {
    const meant = nearestName(name, officialPlugins);
    const advice =
      meant === undefined
        ? `There are: ${officialPlugins.join(", ")}.`
        : `Did you mean "${meant}"?`;
    throw new Error(`defaults: there is no official plugin "${name}". ${advice}`);
  }
  if (choice === undefined || choice === false || isObject(choice)) return;
  const hint = typeof choice === "function" ? " It is a function: did you forget to call it?" : "";
  throw new Error(
    `defaults: ${name} must be options, a plugin, or false to leave it out.${hint} Write it like this: defaults({ "${name}": false })`,
  );
}

function entryOf(name: string, choice: Choice<object>): PluginEntry {
  if (choice === false || isPlugin(choice)) return choice;
  return [name, choice];
}

function withDefaults<Options extends object>(
  choice: Choice<Options>,
  fallback: Options,
): Choice<Options> {
  return choice === false || isPlugin(choice) ? choice : { ...fallback, ...choice };
}

function isPlugin(choice: object): choice is Plugin {
  return "apply" in choice && typeof choice.apply === "function";
}
