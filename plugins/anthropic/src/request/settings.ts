import {
  type ChatRequest,
  defined,
  type Fields,
  type OutputFormat,
  type ReasoningEffort,
  type Sampling,
} from "@agproxy/core";
import { type Ignored, readEffort } from "@agproxy/plugin-openai-wire";

/** What the client wants to see of thoughts: their text, only that there were some, or nothing at all. */
export type ThinkingDisplay = "shown" | "omitted" | "hidden";

/** What a request says about thinking. */
export interface Thinking {
  readonly display: ThinkingDisplay;
  readonly reasoning?: NonNullable<ChatRequest["reasoning"]>;
}

/**
 * Without `thinking` no thoughts are asked for, and the model decides how much it thinks.
 * Source: https://docs.claude.com/en/docs/build-with-claude/extended-thinking
 */
export function readThinking(body: Fields, ignored: Ignored): Thinking {
  const effort = effortOf(body);
  const thinking = body.object("thinking");
  const type = thinking?.string("type");
  switch (type) {
    case "enabled":
    case "adaptive":
    case "between_tools": {
      const isOmitted = thinking?.get("display") === "omitted";
      const budget = type === "enabled" ? thinking?.integer("budget_tokens", 0) : undefined;
      return {
        display: isOmitted ? "omitted" : "shown",
        reasoning: {
          ...defined({ effort: effort ?? effortWithin(budget), budget }),
          include: !isOmitted,
        },
      };
    }
    case "disabled":
      return { display: "hidden", reasoning: { effort: "none", include: false } };
    default:
      if (thinking !== undefined) ignored.add("thinking");
      return effort === undefined
        ? { display: "hidden" }
        : { display: "hidden", reasoning: { effort } };
  }
}

function effortOf(body: Fields): ReasoningEffort | undefined {
  const config = body.object("output_config");
  return config === undefined ? undefined : readEffort(config, "effort");
}

/** The effort that a budget stands for, for models that know no budget in tokens. */
function effortWithin(budget: number | undefined): ReasoningEffort | undefined {
  if (budget === undefined) return undefined;
  if (budget < 4096) return "low";
  if (budget < 16_384) return "medium";
  return budget <= 32_768 ? "high" : "xhigh";
}

/** With thinking, `max_tokens` includes it; without, all of them are for what the client sees. */
export function readSampling(body: Fields, { display }: Thinking): Sampling {
  const limit = body.integer("max_tokens", 0);
  const stop = body.words("stop_sequences").filter((word) => word !== "");
  const tokens = limit === 0 ? undefined : limit;
  return defined({
    temperature: body.number("temperature"),
    topP: body.number("top_p"),
    topK: body.number("top_k"),
    stop: stop.length === 0 ? undefined : stop,
    ...(display === "hidden" ? { maxAnswerTokens: tokens } : { maxTokens: tokens }),
  });
}

/** The output format; `output_format` is its name of the beta. */
export function readOutputFormat(body: Fields, ignored: Ignored): OutputFormat | undefined {
  const config = body.object("output_config");
  const format = config?.object("format") ?? body.object("output_format");
  if (format === undefined) return undefined;
  if (format.get("type") !== "json_schema") {
    ignored.add("output_config.format");
    return undefined;
  }
  const schema = format.object("schema")?.values;
  return { type: "json", ...defined({ schema, name: format.string("name") }), strict: true };
}

/** Who asks: the one id is the end user's, and clients such as Claude Code have one for each conversation. */
export function readIdentity(body: Fields): Pick<ChatRequest, "cacheKey" | "user"> {
  const id = body.object("metadata")?.string("user_id") || undefined;
  return defined({ cacheKey: id, user: id });
}
