import type { OutputCustomCall, OutputFunctionCall } from "./call-item.ts";
import type { OutputCompaction } from "../compaction/item.ts";
import type { OutputClientCall } from "./client-call.ts";
import type { OutputCode } from "./code-item.ts";
import type { OutputImage } from "./image-item.ts";
import type { OutputMessage } from "./message-item.ts";
import type { OutputReasoning } from "./reasoning-item.ts";
import type { OutputSearch } from "./search-item.ts";

/** Source: https://platform.openai.com/docs/api-reference/responses/object, `output` */
export type OutputItem =
  | OutputMessage
  | OutputReasoning
  | OutputFunctionCall
  | OutputCustomCall
  | OutputClientCall
  | OutputCompaction
  | OutputImage
  | OutputCode
  | OutputSearch;
