import { type ChatRequest, type Decoded, defined, Fields, type Seal } from "@agproxy/core";
import { Ignored, vendorExtensions } from "@agproxy/plugin-openai-wire";
import { refuseThread } from "./message-thread.ts";
import { readMessages } from "./messages.ts";
import {
  readIdentity,
  readOutputFormat,
  readSampling,
  readThinking,
  type ThinkingDisplay,
} from "./settings.ts";
import { readToolChoice, readTools } from "./tools.ts";
import { nameBetas, nameWithoutEffect } from "./without-effect.ts";

/** A request, and what the client wants to see of thoughts. */
export interface DecodedMessages extends Decoded {
  readonly display: ThinkingDisplay;
}

/** What a request is read with. */
export interface RequestContext {
  /** The caller's. */
  readonly seal: Seal;
  /** The header `anthropic-beta`. */
  readonly betas?: string | readonly string[] | undefined;
}

/**
 * Reads the body of `POST /v1/messages`. Throws `invalid_request` with `param`; unknown fields, blocks and tools never fail.
 * Source: https://docs.claude.com/en/api/messages
 */
export function decodeMessages(body: unknown, { seal, betas }: RequestContext): DecodedMessages {
  const fields = Fields.of(body, "");
  refuseThread(fields);
  const ignored = new Ignored();
  nameWithoutEffect(fields, ignored);
  if (betas !== undefined) nameBetas(betas, ignored);
  const model = fields.name("model");
  const messages = readMessages(fields, { ignored, seal });
  const thinking = readThinking(fields, ignored);
  const toolbox = readTools(fields, ignored);
  const { choice, parallel } = readToolChoice(fields, toolbox, ignored);
  const { tools, hosted } = toolbox;
  const allowed = choice?.mode === "none" ? [] : hosted;
  const request: ChatRequest = {
    model,
    messages,
    stream: fields.boolean("stream") ?? false,
    sampling: readSampling(fields, thinking),
    ...defined({
      tools: tools.length > 0 ? tools : undefined,
      hostedTools: allowed.length > 0 ? allowed : undefined,
      toolChoice: choice,
      parallelToolCalls: parallel,
      output: readOutputFormat(fields, ignored),
      reasoning: thinking.reasoning,
      extensions: vendorExtensions(fields),
    }),
    ...readIdentity(fields),
  };
  return { request, ignored: ignored.names, display: thinking.display };
}
