import { isAbsolute } from "node:path";
import {
  type Cost,
  costBy,
  priceShape,
  type PriceTable,
  readOptions,
  stateFile,
  wrongOption,
} from "@agproxy/core";
import * as v from "valibot";
import type { LogBounds } from "./log-file.ts";

export interface RequestLogOptions {
  /** The absolute path of the SQLite file. Default: `requests.sqlite` in the user's state folder. */
  readonly file?: string | undefined;
  /** How long a row is kept, in days. Default: 30. */
  readonly days?: number;
  /** The largest size of the file, in MiB. Default: 256. */
  readonly megabytes?: number;
  /** Whether requests and answers are kept too, without media, without what looks like a secret, and cut. Default: false. */
  readonly bodies?: boolean;
  /** What a million tokens of a model cost, for `agproxy stats`: as for `auth`. Default: empty. */
  readonly prices?: PriceTable;
}

const schema = v.strictObject({
  file: v.optional(v.string()),
  days: v.optional(v.pipe(v.number(), v.minValue(0.01), v.maxValue(3650)), 30),
  megabytes: v.optional(v.pipe(v.number(), v.minValue(16), v.maxValue(1_000_000)), 256),
  bodies: v.optional(v.boolean(), false),
  prices: v.optional(priceShape, {}),
});

/** The options with their defaults. */
export interface RequestLogSettings {
  readonly file: string;
  readonly bounds: LogBounds;
  readonly bodies: boolean;
  readonly cost: Cost;
  readonly isPriced: boolean;
}

/** Reads the options. Throws an error that names the option. */
export function readRequestLogOptions(options: RequestLogOptions): RequestLogSettings {
  const example = "requestLog({ days: 7, megabytes: 64 })";
  const { file, days, megabytes, bodies, prices } = readOptions(
    "request-log",
    schema,
    options,
    example,
  );
  if (file !== undefined && !isAbsolute(file)) {
    // The commands and the gateway may run in different folders, and must mean one file.
    const fault = `is "${file}" and must be an absolute path`;
    throw wrongOption(
      "request-log",
      "file",
      fault,
      'requestLog({ file: "/var/lib/agproxy/requests.sqlite" })',
    );
  }
  return {
    file: file ?? stateFile("requests.sqlite"),
    bounds: { ageMs: days * 86_400_000, bytes: megabytes * 1024 * 1024 },
    bodies,
    cost: costBy(prices),
    isPriced: Object.keys(prices).length > 0,
  };
}
