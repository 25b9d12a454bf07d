import {
  type ChatEvent,
  type Citation,
  countIn,
  defined,
  type JsonObject,
  listIn,
  objectIn,
  objectsIn,
  type TokenLogprob,
  wordIn,
} from "@agproxy/core";
import { signatureIn } from "@agproxy/plugin-openai-wire";
import { CallPieces } from "./call-pieces.ts";
import { detailText, ReasoningDetails } from "./reasoning-details.ts";

/** What is known of one choice while it arrives. Lives as long as its answer. */
export interface ChoiceState {
  readonly index: number;
  readonly calls: CallPieces;
  readonly details: ReasoningDetails;
  /** Whether there is anything to see: text, a refusal or a medium. */
  said: boolean;
  /** Whether pieces came: some servers repeat all of them as a whole message at the end. */
  streamed: boolean;
  /** The signature of what was said. */
  signature: string | undefined;
  /** The vendor's word; the last one counts. */
  finish: string | undefined;
  native: string | undefined;
}

export function choiceState(index: number): ChoiceState {
  return {
    index,
    calls: new CallPieces(),
    details: new ReasoningDetails(),
    said: false,
    streamed: false,
    signature: undefined,
    finish: undefined,
    native: undefined,
  };
}

/**
 * Adds what an entry of `choices` says, whole or a piece, to `out`.
 *
 * @param soundType the media type of sound in the answer
 */
export function readChoice(
  choice: ChoiceState,
  given: JsonObject,
  soundType: string,
  out: ChatEvent[],
): void {
  const delta = objectIn(given["delta"]);
  const whole = choice.streamed ? undefined : objectIn(given["message"]);
  const message = delta ?? whole;
  if (message !== undefined) readMessage(choice, message, soundType, out);
  choice.streamed ||= delta !== undefined;
  const tokens = tokenLogprobs(objectIn(given["logprobs"]));
  if (tokens.length > 0) out.push({ type: "logprobs", choice: choice.index, tokens });
  choice.finish = wordIn(given["finish_reason"]) ?? choice.finish;
  choice.native = wordIn(given["native_finish_reason"]) ?? choice.native;
}

function readMessage(
  choice: ChoiceState,
  message: JsonObject,
  soundType: string,
  out: ChatEvent[],
): void {
  const details = objectsIn(message["reasoning_details"]);
  if (details.length > 0) choice.details.add(details);
  const thought = wordIn(message["reasoning_content"]) ?? wordIn(message["reasoning"]);
  say(choice, "reasoning", thought ?? (details.length > 0 ? detailText(details) : ""), out);
  const { content } = message;
  if (typeof content === "string") say(choice, "text", content, out);
  else for (const part of objectsIn(content)) readPart(choice, part, out);
  say(choice, "refusal", wordIn(message["refusal"]) ?? "", out);
  choice.signature = signatureIn(message) ?? choice.signature;
  for (const image of objectsIn(message["images"])) readImage(choice, image, out);
  readSound(choice, objectIn(message["audio"]), soundType, out);
  for (const call of objectsIn(message["tool_calls"])) choice.calls.add(call);
  const legacy = objectIn(message["function_call"]);
  if (legacy !== undefined) choice.calls.add({ index: 0, function: legacy });
  for (const annotation of objectsIn(message["annotations"])) {
    const citation = citationOf(annotation);
    if (citation !== undefined) out.push({ type: "citation", choice: choice.index, citation });
  }
}

function say(
  choice: ChoiceState,
  type: "text" | "reasoning" | "refusal",
  text: string,
  out: ChatEvent[],
): void {
  if (text === "") return;
  if (type !== "reasoning") choice.said = true;
  out.push({ type, choice: choice.index, text });
}

/** A part of a content that is a list, as Mistral's thinking models write it. */
function readPart(choice: ChoiceState, part: JsonObject, out: ChatEvent[]): void {
  const thinking = part["thinking"];
  if (part["type"] === "thinking") {
    const pieces = typeof thinking === "string" ? [{ text: thinking }] : listIn(thinking);
    for (const piece of pieces) {
      say(choice, "reasoning", wordIn(objectIn(piece)?.["text"]) ?? "", out);
    }
  } else if (part["type"] === "image_url") readImage(choice, part, out);
  else say(choice, "text", wordIn(part["text"]) ?? "", out);
}

const dataImage = /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w.=-]+)*;base64,/i;

/** A picture. A link to one is text: the vocabulary holds what a model drew, and nobody fetches it here. */
function readImage(choice: ChoiceState, image: JsonObject, out: ChatEvent[]): void {
  const holder = image["image_url"];
  const url = wordIn(holder) ?? wordIn(objectIn(holder)?.["url"]) ?? "";
  const [head = "", mimeType = ""] = dataImage.exec(url.slice(0, 200)) ?? [];
  if (head === "") say(choice, "text", url === "" ? "" : `![image](${url})`, out);
  else {
    choice.said = true;
    const data = url.slice(head.length);
    out.push({ type: "media", choice: choice.index, media: "image", mimeType, data });
  }
}

/** Sound, and the words that are spoken in it. */
function readSound(
  choice: ChoiceState,
  sound: JsonObject | undefined,
  mimeType: string,
  out: ChatEvent[],
): void {
  if (sound === undefined) return;
  say(choice, "text", wordIn(sound["transcript"]) ?? "", out);
  const data = wordIn(sound["data"]);
  if (data === undefined) return;
  choice.said = true;
  out.push({ type: "media", choice: choice.index, media: "audio", mimeType, data });
}

/** Source: https://platform.openai.com/docs/guides/tools-web-search */
function citationOf(annotation: JsonObject): Citation | undefined {
  const source = objectIn(annotation["url_citation"]) ?? annotation;
  const url = wordIn(source["url"]);
  if (url === undefined) return undefined;
  const start = countIn(source["start_index"]) ?? 0;
  const end = countIn(source["end_index"]) ?? 0;
  // Without a range, servers write 0 and 0.
  const range = end > start ? { start, end } : {};
  return { url, ...defined({ title: wordIn(source["title"]) }), ...range };
}

function tokenLogprobs(logprobs: JsonObject | undefined): readonly TokenLogprob[] {
  if (logprobs === undefined) return [];
  const all = [...objectsIn(logprobs["content"]), ...objectsIn(logprobs["refusal"])];
  return all.flatMap((entry) => {
    const token = tokenOf(entry);
    if (token === undefined) return [];
    const top = objectsIn(entry["top_logprobs"]).flatMap((one) => tokenOf(one) ?? []);
    return { ...token, top };
  });
}

function tokenOf({ token, logprob }: JsonObject) {
  return typeof token === "string" && typeof logprob === "number" ? { token, logprob } : undefined;
}
