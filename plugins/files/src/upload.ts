import {
  Fields,
  type Form,
  type FormFile,
  mediaTypeOfContent,
  mediaTypeOfName,
  wrong,
} from "@agproxy/core";
import { FileStorageFull } from "./errors.ts";
import { bytesIn, type NewFile } from "./stored-file.ts";

/** What files are kept for. OpenAI has more, for APIs that agproxy does not serve. */
const purposes: readonly string[] = ["assistants", "user_data", "vision"];

const usualPurpose = "user_data";
const hourSeconds = 3600;
const daySeconds = 24 * hourSeconds;
const maxNameLength = 255;

interface UploadLimits {
  readonly maxBytes: number;
  /** How long a file is kept at the longest. */
  readonly lifetimeMs: number;
}

/**
 * A file from the form of either API. Throws `invalid_request`, and `file_storage_full` for a file that is too large.
 * Sources: https://platform.openai.com/docs/api-reference/files/create, https://docs.claude.com/en/api/files-create
 */
export function uploadedFile(form: Form, limits: UploadLimits): NewFile {
  const fields = Fields.ofForm(form);
  const purpose = fields.string("purpose") ?? usualPurpose;
  if (!purposes.includes(purpose)) {
    throw fields.wrong(
      "purpose",
      `one of ${purposes.join(", ")}: others are for APIs that agproxy does not serve`,
    );
  }
  const file = form.files.find(({ field }) => field === "file");
  if (file === undefined) throw wrong("file", "a file of the form");
  const bytes = bytesIn(file.data);
  if (bytes === 0) throw wrong("file", "a file with something in it");
  if (bytes > limits.maxBytes) {
    throw new FileStorageFull(`The file has ${bytes} bytes; it may have ${limits.maxBytes}.`, {
      param: "file",
      advice: "Send a smaller file, or raise `maxBytes` of the files plugin.",
    });
  }
  return {
    filename: nameOf(file),
    mimeType: mediaTypeOf(file),
    purpose,
    lifetimeMs: Math.min(limits.lifetimeMs, wishedLifetimeMs(fields)),
    data: file.data,
  };
}

function wishedLifetimeMs(fields: Fields): number {
  const anchor = fields.string("expires_after[anchor]");
  if (anchor !== undefined && anchor !== "created_at") {
    throw fields.wrong("expires_after[anchor]", "created_at");
  }
  const seconds =
    fields.integer("expires_after[seconds]", hourSeconds, 30 * daySeconds) ??
    fields.integer("expires_in_seconds", hourSeconds, 90 * daySeconds);
  return seconds === undefined ? Infinity : seconds * 1000;
}

/** Without the folders that some clients send with it. */
function nameOf({ filename }: FormFile): string {
  const name = filename.slice(Math.max(filename.lastIndexOf("/"), filename.lastIndexOf("\\")) + 1);
  return name === "" ? "unnamed" : name.slice(0, maxNameLength).toWellFormed();
}

/** Source: RFC 6838, section 4.2. */
const typeShape = /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}$/;

/** What clients send that do not know the type. */
const vague: ReadonlySet<string> = new Set(["application/octet-stream", "text/plain"]);

function mediaTypeOf({ mimeType, filename, data }: FormFile): string {
  const [first = ""] = mimeType.toLowerCase().split(";", 1);
  const declared = first.trim();
  if (typeShape.test(declared) && !vague.has(declared)) return declared;
  const told = mediaTypeOfName(filename) ?? mediaTypeOfContent(data);
  return told ?? (isText(data) ? "text/plain" : "application/octet-stream");
}

const beginningLength = 4096;

/** Whether a file begins as text does: sources of programs have endings without number. */
function isText(data: string): boolean {
  const beginning = Buffer.from(data.slice(0, beginningLength), "base64");
  if (beginning.includes(0)) return false;
  try {
    // As a stream: the last character may be cut.
    new TextDecoder("utf-8", { fatal: true }).decode(beginning, { stream: true });
    return true;
  } catch {
    return false;
  }
}
