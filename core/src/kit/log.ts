import type { Logger } from "pino";

/** What plugins may do with the log. Never give it a body or a secret. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;
