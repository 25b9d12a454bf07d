import { gemini } from "@agproxy/plugin-gemini";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import { anthropic } from "@agproxy/plugin-anthropic";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { rotation, type RotationOptions } from "@agproxy/plugin-rotation";
import type { Plugin, ServerSettings } from "agproxy";
import { startGateway, type SummaryWatch, summaryWatch, type TestGateway } from "agproxy/testing";

export interface PoolGateway extends TestGateway {
  readonly summaries: SummaryWatch;
}

export interface PoolOptions extends Partial<ServerSettings> {
  /** How many accounts: `account-1` with `key-1` and so on. */
  readonly accounts?: number;
  /** The places of the accounts, where these are not all from 1 on. */
  readonly places?: readonly number[];
  readonly rotation?: RotationOptions;
  /** Further plugins, before all others. */
  readonly plugins?: readonly Plugin[];
}

/** A gateway of the real plugins in front of a server that speaks the Gemini wire. */
export async function poolGateway(
  baseUrl: string,
  options: PoolOptions = {},
): Promise<PoolGateway> {
  const { accounts = 2, rotation: rules = {}, plugins = [], ...rest } = options;
  const { places = Array.from({ length: accounts }, (_, index) => index + 1), ...server } = rest;
  const summaries = summaryWatch();
  const pool = places.map((place) => ({ key: `key-${place}`, label: `account-${place}` }));
  // An accounts file may have them all.
  const upstream = gemini(pool.length === 0 ? { baseUrl } : { accounts: pool, baseUrl });
  const gateway = await startGateway({
    ...server,
    plugins: [
      ...plugins,
      summaries.plugin,
      openai(),
      responses(),
      anthropic(),
      geminiNative(),
      rotation(rules),
      upstream,
    ],
  });
  return Object.assign(gateway, { summaries });
}
