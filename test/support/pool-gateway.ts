import { gemini } from "@agproxy/plugin-gemini";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { rotation } from "@agproxy/plugin-rotation";
import type { Plugin, ServerSettings } from "agproxy";
import { startGateway, type SummaryWatch, summaryWatch, type TestGateway } from "agproxy/testing";

export interface PoolGateway extends TestGateway {
  readonly summaries: SummaryWatch;
}

export interface PoolOptions extends Partial<ServerSettings> {
  /** How many accounts: `account-1` with `key-1` and so on. */
  readonly accounts?: number;
  /** How often an exchange is sent at most. */
  readonly attempts?: number;
  /** Further plugins, before all others. */
  readonly plugins?: readonly Plugin[];
}

/** A gateway of the real plugins in front of a server that speaks the Gemini wire. */
export async function poolGateway(
  baseUrl: string,
  options: PoolOptions = {},
): Promise<PoolGateway> {
  const { accounts = 2, attempts = 3, plugins = [], ...server } = options;
  const summaries = summaryWatch();
  const pool = Array.from({ length: accounts }, (_, index) => ({
    key: `key-${index + 1}`,
    label: `account-${index + 1}`,
  }));
  const upstream = gemini({ accounts: pool, baseUrl });
  const gateway = await startGateway({
    ...server,
    plugins: [
      ...plugins,
      summaries.plugin,
      openai(),
      responses(),
      rotation({ attempts }),
      upstream,
    ],
  });
  return Object.assign(gateway, { summaries });
}
