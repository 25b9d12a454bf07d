import type { Scene } from "./scene.ts";
import { accountChanges } from "./scenes/account-changes.ts";
import { badAccounts } from "./scenes/bad-accounts.ts";
import { callers } from "./scenes/callers.ts";
import { clockJumps } from "./scenes/clock-jumps.ts";
import { manyInstances } from "./scenes/many-instances.ts";
import { processes } from "./scenes/processes.ts";
import { recovery } from "./scenes/recovery.ts";
import { restart } from "./scenes/restart.ts";

/** Everything that the pool promises, in the order of docs/pool.md. */
export const scenes: readonly Scene[] = [
  ...badAccounts,
  ...recovery,
  ...callers,
  ...restart,
  ...accountChanges,
  ...clockJumps,
  ...manyInstances,
  ...processes,
];
