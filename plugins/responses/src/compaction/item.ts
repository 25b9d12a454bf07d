import { compactionToken } from "../compaction-token.ts";

/** A conversation in short: what a client sends in place of it from now on. */
export interface OutputCompaction {
  readonly type: "compaction";
  readonly id: string;
  readonly encrypted_content: string;
}

/** `seed` is the response's own. */
export function compactionItem(summary: string, seed: string): OutputCompaction {
  return {
    type: "compaction",
    id: `cmp_${seed}_0`,
    encrypted_content: compactionToken(summary),
  };
}
