import type { ChatRequest, Message } from "agproxy";
import { defined } from "../defined.ts";
import { type Echo, echoedFields } from "../echo.ts";
import { ToolNames } from "../tool-names.ts";
import { Conversation } from "./conversation.ts";
import { Fields } from "./fields.ts";
import { Ignored } from "./ignored.ts";
import { readItem } from "./items.ts";
import { readOutputFormat } from "./output-format.ts";
import { readReasoning } from "./reasoning.ts";
import { readSampling } from "./sampling.ts";
import { readToolChoice } from "./tool-choice.ts";
import { readTools } from "./tools.ts";
import { nameUnhonoured, refuseStored } from "./unhonoured.ts";

export interface Reading {
  readonly request: ChatRequest;
  readonly echo: Echo;
  readonly ignored: readonly string[];
}

/**
 * What the body of a `POST /v1/responses` means. Unknown fields, nulls and empty objects are no errors;
 * a known field of another type is an `invalid_request` that names it.
 * Source: https://platform.openai.com/docs/api-reference/responses/create
 */
export function readRequest(value: unknown): Reading {
  const body = Fields.of(value, "");
  const ignored = new Ignored();
  const names = new ToolNames();
  refuseStored(body);
  nameUnhonoured(body, ignored);
  const items = inputItems(body);
  const tools = readTools([...body.objects("tools"), ...lateTools(items)], names, ignored);
  const request: ChatRequest = {
    model: body.name("model"),
    messages: readMessages(body, items, names, ignored),
    stream: body.boolean("stream") ?? false,
    sampling: readSampling(body),
    ...defined({
      tools: tools.length === 0 ? undefined : tools,
      toolChoice: readToolChoice(body, names, ignored),
      parallelToolCalls: body.boolean("parallel_tool_calls"),
      output: readOutputFormat(body, ignored),
      reasoning: readReasoning(body),
      cacheKey: body.string("prompt_cache_key"),
      user: body.string("user") ?? body.string("safety_identifier"),
      extensions: extensions(body),
    }),
  };
  return { request, echo: { fields: echoedFields(body), names }, ignored: ignored.names };
}

/** The items of `input`; none where it is a string. */
function inputItems(body: Fields): readonly Fields[] {
  const input = body.get("input");
  if (typeof input === "string") return [];
  if (!Array.isArray(input)) throw body.wrong("input", "a string or an array of items");
  return body.objects("input");
}

/** Some clients send their tools as an item of the input. */
function lateTools(items: readonly Fields[]): readonly Fields[] {
  return items
    .filter((item) => item.get("type") === "additional_tools")
    .flatMap((item) => item.objects("tools"));
}

/** `instructions` come first, whatever the input begins with. */
function readMessages(
  body: Fields,
  items: readonly Fields[],
  names: ToolNames,
  ignored: Ignored,
): readonly Message[] {
  const conversation = new Conversation();
  const instructions = body.string("instructions") ?? "";
  const input = body.get("input");
  if (instructions !== "") {
    conversation.message("system", [{ type: "text", text: instructions }]);
  }
  if (typeof input === "string") conversation.message("user", [{ type: "text", text: input }]);
  for (const item of items) readItem(item, { conversation, names, ignored });
  return conversation.messages();
}

/** A vendor's own options, as OpenAI's SDKs write them into a body or leave them under `extra_body`. */
function extensions(body: Fields): ChatRequest["extensions"] {
  const google = body.object("google") ?? body.peek("extra_body")?.object("google");
  return google === undefined ? undefined : { google: google.values };
}
