import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificate } from "../certificate.ts";
import {
  type Contestant,
  contestant,
  type GatewayName,
  gateways,
  speaking,
} from "../contestant.ts";
import type { Sitting } from "../sitting.ts";
import { chat } from "../wires/chat.ts";
import { cpuPerUnit, each, type Measurement } from "./measurement.ts";
import { burstPace, warmUp } from "./warm-up.ts";

/** An upstream as real ones are. Every event is a record of its own there, whatever client reads it. */
export const overTls: Measurement = {
  rows: [
    { name: "unary, upstream over TLS, CPU per request", unit: "µs", steady: true, other: "plain" },
    { name: "burst, upstream over TLS, CPU per event", unit: "µs", steady: true, other: "plain" },
  ],
  async prepare(sitting) {
    const { size, agproxy } = sitting;
    const secure = await secureContestants(sitting);
    for (const contestant of secure) await warmUp(contestant, size);
    const measured = [...secure, speaking("other", agproxy, chat)];
    const ms = size.slice / 1.5;
    const load = { connections: size.unary, ms };
    const bursts = { connections: size.bursts, ms };
    return async () => [
      await each(measured, size, ({ program, ask }) => cpuPerUnit(program, ask(), load)),
      await each(measured, size, ({ program, ask }) => cpuPerUnit(program, ask(burstPace), bursts)),
    ];
  },
};

/** Gateways that trust a mock's certificate, and check it. */
async function secureContestants(sitting: Sitting): Promise<readonly Contestant<GatewayName>[]> {
  const made = certificate(Date.now());
  const env = { BENCH_TLS_KEY: made.key, BENCH_TLS_CERTIFICATE: made.certificate };
  const mock = await sitting.begin("mock", { env });
  const folder = await mkdtemp(join(tmpdir(), "agproxy-bench-"));
  sitting.atEnd(() => rm(folder, { recursive: true }));
  const file = join(folder, "certificate.pem");
  await writeFile(file, made.certificate);
  const settings = {
    upstream: `https://127.0.0.1:${mock.port}`,
    env: { NODE_EXTRA_CA_CERTS: file },
  };
  return Promise.all(
    gateways.map(async (name) => contestant(name, await sitting.begin(name, settings), mock)),
  );
}
