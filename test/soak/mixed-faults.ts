/**
 * A gateway in a process of its own, as people start it, under mixed faults: at the upstream, at the clients, in its accounts
 * file and its config. Now and then all is stopped, and it tells what it holds.
 */
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { seeded } from "../chaos/scene.ts";
import { type AgproxyProcess, startAgproxy } from "../support/agproxy-process.ts";
import { installedFolder } from "../support/folder.ts";
import { linesOf } from "../support/log-lines.ts";
import { Clients } from "./clients.ts";
import { faultyUpstream } from "./faulty-upstream.ts";
import type { Gauge } from "./gauge.ts";
import type { Tally } from "./tally.ts";

export interface SoakOptions {
  readonly seconds: number;
  /** How often all is stopped and measured. */
  readonly samples: number;
  readonly seed: number;
  /** Hears of each sample. */
  readonly onSample?: (sample: Sample) => void;
}

export interface Sample extends Gauge {
  /** Since the start. */
  readonly seconds: number;
  readonly requests: number;
}

export interface SoakResult {
  readonly samples: readonly Sample[];
  /** How the clients' requests ended. */
  readonly clients: Tally;
  /** How the upstream's calls ended. */
  readonly upstream: Tally;
  /** How often the accounts file was changed. */
  readonly accountChanges: number;
  readonly reloads: number;
  /** What must never happen, in words. */
  readonly faults: readonly string[];
}

const width = 24;

const config = `
import { defaults, defineConfig } from "agproxy";
import { gauge } from ${JSON.stringify(new URL("gauge.ts", import.meta.url).href)};
export default defineConfig({
  port: 0,
  logLevel: "error",
  store: "soak.sqlite",
  timeouts: { idle: 400 },
  plugins: [
    ...defaults({
      sandbox: false,
      rotation: { maxWait: 1500, limits: { "*": { concurrency: 16 } } },
      "request-log": { file: FILE, megabytes: 16 },
      metrics: {},
    }),
    gauge,
  ],
});
`;

export async function mixedFaults(options: SoakOptions): Promise<SoakResult> {
  const random = seeded(options.seed);
  await using upstream = await faultyUpstream(random);
  await using place = await installedFolder();
  const accounts = join(place.path, "accounts.json");
  const logFile = JSON.stringify(join(place.path, "requests.sqlite"));
  await place.write("agproxy.config.ts", config.replace("FILE", logFile));
  await changeAccounts(accounts, random);
  await using gateway = await startAgproxy({
    cwd: place.path,
    args: [],
    // A busy machine takes its time.
    timeoutMs: options.seconds * 3000 + 300_000,
    env: {
      AGPROXY_ACCOUNTS_FILE: accounts,
      GEMINI_BASE_URL: upstream.url,
      NODE_OPTIONS: "--disable-warning=ExperimentalWarning",
    },
  });
  const clients = new Clients(gateway.url, random);
  const samples: Sample[] = [];
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let [accountChanges, reloads] = [0, 0];
  for (let round = 0; round < options.samples; round += 1) {
    const end = seconds() + options.seconds / options.samples;
    const disturbing = (async () => {
      while (seconds() < end - 0.5) {
        await changeAccounts(accounts, random);
        accountChanges += 1;
        if (accountChanges % 5 === 0 && process.platform !== "win32") {
          gateway.signal("SIGHUP");
          reloads += 1;
        }
        await sleep(Math.min(1000, Math.max(0, (end - 0.5 - seconds()) * 1000)));
      }
    })();
    await Promise.all(
      Array.from({ length: width }, () => untilThen(clients, () => seconds() >= end)),
    );
    await disturbing;
    clients.atRest();
    await upstream.atRest();
    const told = await gaugeOf(gateway);
    const sample = { seconds: Math.round(seconds()), requests: clients.tally.total, ...told };
    samples.push(sample);
    options.onSample?.(sample);
    if (samples.length > 1 && seconds() > options.seconds * 1.5) break;
  }
  // An exchange that failed is the client's to judge.
  const said = linesOf(gateway)
    .filter(({ msg }) => msg !== "exchange")
    .map((line) => `the log: ${JSON.stringify(line)}`);
  const { tally, faults } = clients;
  return {
    samples,
    clients: tally,
    upstream: upstream.tally,
    accountChanges,
    reloads,
    faults: [...faults, ...said],
  };
}

async function untilThen(clients: Clients, isOver: () => boolean): Promise<void> {
  while (!isOver()) await clients.act();
}

/** Some of twelve accounts, as the commands write them. The first two are always there. */
async function changeAccounts(path: string, random: () => number): Promise<void> {
  const accounts = Array.from({ length: 12 }, (_, index) => index + 1)
    .filter((number) => number <= 2 || random() < 0.6)
    .map((number) => ({ kind: "gemini", key: `key-${number}`, label: `account-${number}` }));
  await writeFile(`${path}.draft`, JSON.stringify({ version: 1, accounts }), { mode: 0o600 });
  await rename(`${path}.draft`, path);
}

async function gaugeOf({ url }: AgproxyProcess): Promise<Gauge> {
  const answer = await fetch(`${url}/gauge`, { headers: { connection: "close" } });
  return (await answer.json()) as Gauge;
}
