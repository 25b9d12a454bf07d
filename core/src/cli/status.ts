import { setTimeout as sleep } from "node:timers/promises";
import { clearScreenDown, cursorTo } from "node:readline";
import { announcedPlaces, type ControlPlace, withdraw } from "./control-place.ts";
import { askControl, isGone } from "./control-socket.ts";
import type { GatewayStatus } from "./gateway-status.ts";
import { jsonLines, type Print } from "./print.ts";
import { statusText } from "./status-text.ts";

/** How `agproxy status` shows what it learns. */
export interface StatusOutput {
  readonly json: boolean;
  /** Whether it goes on, once a second. */
  readonly watch: boolean | undefined;
  readonly print: Print;
  readonly warn: Print;
}

const watchIntervalMs = 1000;

/** `agproxy status`: asks every gateway of this user that runs. Exit code 1 where there is none. */
export async function status({ json, watch, print, warn }: StatusOutput): Promise<number> {
  const isScreen = watch === true && !json && process.stdout.isTTY;
  for (;;) {
    const answers = await allStatuses();
    if (answers.length === 0 && watch !== true) {
      return warn("No agproxy of this user runs here. Start it: agproxy start\n") + 1;
    }
    if (isScreen) {
      cursorTo(process.stdout, 0, 0);
      clearScreenDown(process.stdout);
    }
    if (json) print(watch === true ? `${JSON.stringify(answers)}\n` : jsonLines(answers));
    else print(answers.map((one) => statusText(one, Date.now())).join("\n"));
    if (watch !== true) return 0;
    await sleep(watchIntervalMs);
  }
}

async function allStatuses(): Promise<readonly GatewayStatus[]> {
  const answers = await Promise.all((await announcedPlaces()).map(ask));
  return answers.filter((answer) => answer !== undefined);
}

/** The status of one; undefined where it has ended without a word, as after a power cut. */
async function ask(place: ControlPlace): Promise<GatewayStatus | undefined> {
  try {
    // Both ends are of one version of agproxy, or the output says which.
    return (await askControl(place, "/status")) as GatewayStatus;
  } catch (thrown) {
    if (!isGone(thrown)) throw thrown;
    await withdraw(place);
    return undefined;
  }
}
