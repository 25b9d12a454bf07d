import {
  AgproxyError,
  type Caller,
  type ChatRequest,
  fits,
  type Holding,
  mediaKindOf,
  type MediaPart,
  type Part,
} from "@agproxy/core";
import { noSuchFile } from "./missing-file.ts";
import type { Settings } from "./options.ts";
import type { Shelf } from "./shelf.ts";
import type { StoredFile } from "./stored-file.ts";

/** A part that names a file, and where it stands in the conversation. */
interface NamedFile {
  readonly id: string;
  readonly param: string;
}

/** A stored file with its content. */
interface Loaded extends StoredFile {
  /** base64 */
  readonly data: string;
}

/** Where a request's files are, and what they may take. */
export interface Reading {
  readonly shelf: Shelf;
  readonly settings: Pick<Settings, "leave" | "maxRequestBytes">;
  readonly caller: Caller;
  readonly holding: Holding;
}

/** Whether a request names files. Nearly none does, and all are asked. */
export function namesFiles({ messages }: ChatRequest): boolean {
  return messages.some(({ content }) => content.some(isOrHoldsNamed));
}

function isOrHoldsNamed(part: Part): boolean {
  return part.type === "tool-result" ? part.content.some(isNamed) : isNamed(part);
}

function isNamed(part: Part): boolean {
  return part.type === "media" && part.source.kind === "file";
}

/**
 * The request with the content of stored files in place of their ids. Throws `file_not_found`, `invalid_request`,
 * `stored_files_busy`.
 */
export async function withStoredFiles(
  request: ChatRequest,
  reading: Reading,
): Promise<ChatRequest> {
  const named = request.messages.flatMap(({ content }, index) =>
    filesIn(content, `messages[${index}].content`),
  );
  const files = await load(named, reading);
  const messages = request.messages.map((message) => ({
    ...message,
    content: message.content.map((part) => replaced(part, files)),
  }));
  return { ...request, messages };
}

function filesIn(parts: readonly Part[], at: string): readonly NamedFile[] {
  return parts.flatMap((part, index) => {
    const param = `${at}[${index}]`;
    if (part.type === "tool-result") return filesIn(part.content, `${param}.content`);
    if (part.type !== "media" || part.source.kind !== "file") return [];
    return [{ id: part.source.id, param }];
  });
}

/** Reads each file once. What a request takes is counted for each time that it names one: so often is it sent. */
async function load(
  named: readonly NamedFile[],
  reading: Reading,
): Promise<ReadonlyMap<string, Loaded>> {
  const { shelf, caller, holding, settings } = reading;
  const files = new Map<string, Loaded>();
  const left = new Set<string>();
  let bytes = 0;
  for (const { id, param } of named) {
    if (left.has(id)) continue;
    const file = files.get(id) ?? (await shelf.find(caller, id));
    if (file === undefined && settings.leave.some((pattern) => fits(pattern, id))) {
      left.add(id);
      continue;
    }
    if (file === undefined) throw noSuchFile(id, param);
    bytes += file.bytes;
    if (bytes > settings.maxRequestBytes) throw tooMuch(param, settings.maxRequestBytes);
    holding.add(file.bytes);
    if (files.has(id)) continue;
    const data = await shelf.content(caller, file);
    if (data === undefined) throw noSuchFile(id, param);
    files.set(id, { ...file, data });
  }
  return files;
}

function tooMuch(param: string, limit: number): AgproxyError {
  return new AgproxyError(
    "invalid_request",
    `With \`${param}\` the files that this request names are over ${limit} bytes.`,
    { param, advice: "Name fewer or smaller files in one request." },
  );
}

function replaced(part: Part, files: ReadonlyMap<string, Loaded>): Part {
  if (part.type === "media") return filled(part, files);
  if (part.type !== "tool-result") return part;
  const content = part.content.map((each) => (each.type === "media" ? filled(each, files) : each));
  return { ...part, content };
}

function filled(part: MediaPart, files: ReadonlyMap<string, Loaded>): MediaPart {
  const file = part.source.kind === "file" ? files.get(part.source.id) : undefined;
  if (file === undefined) return part;
  const { mimeType, data } = file;
  const media = mediaKindOf(mimeType);
  return { filename: file.filename, ...part, media, mimeType, source: { kind: "data", data } };
}
