import * as v from "valibot";
import { limitShape } from "../limits/limit-kinds.ts";

const pattern = v.pipe(v.string(), v.nonEmpty());
const moment = v.pipe(v.string(), v.isoTimestamp());

/** What a key may use. */
export const grantEntries = {
  /** Names of models, in which `*` stands for any characters. Absent: all. */
  models: v.optional(v.array(pattern)),
  limits: v.optional(limitShape),
};

const keyRecord = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty()),
  /** The beginning of the key, for lists. */
  prefix: v.string(),
  /** The SHA-256 of the key, in hexadecimal digits. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  created: moment,
  expires: v.optional(moment),
  revoked: v.optional(moment),
  ...grantEntries,
});

/** One key, as the file has it. */
export type KeyRecord = v.InferOutput<typeof keyRecord>;

/** What a key may use. */
export type Grant = Pick<KeyRecord, "models" | "limits">;

const keyList = v.strictObject({ version: v.literal(1), keys: v.array(keyRecord) });

/** Reads the text of a key file. Throws an error that says what is wrong in it. */
export function readKeyRecords(text: string): readonly KeyRecord[] {
  const read = v.safeParse(keyList, JSON.parse(text));
  if (read.success) return read.output.keys;
  const [issue] = read.issues;
  throw new Error(`${v.getDotPath(issue) ?? "its content"} is not as agproxy writes it`);
}

/** The text of a key file. */
export function writeKeyRecords(keys: readonly KeyRecord[]): string {
  return `${JSON.stringify({ version: 1, keys }, null, 2)}\n`;
}

/** Whether a key is one that lets nobody in any more, and why. */
export function endOf(
  { expires, revoked }: KeyRecord,
  now: number,
): "expired" | "revoked" | undefined {
  if (revoked !== undefined) return "revoked";
  return expires !== undefined && Date.parse(expires) <= now ? "expired" : undefined;
}
