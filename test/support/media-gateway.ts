import { gemini } from "@agproxy/plugin-gemini";
import { modelMapping } from "@agproxy/plugin-model-mapping";
import { startSandbox, type Sandbox } from "@agproxy/plugin-sandbox";
import type { Plugin } from "agproxy";
import { startGateway } from "agproxy/testing";

/** A gateway with one more plugin than it takes to reach the sandbox. */
export interface MediaGateway extends AsyncDisposable {
  readonly url: string;
  readonly upstream: Sandbox;
}

export async function mediaGateway(plugin: Plugin): Promise<MediaGateway> {
  const upstream = await startSandbox();
  const { accounts, url: baseUrl } = upstream;
  const gateway = await startGateway({
    plugins: [plugin, modelMapping(), gemini({ accounts, baseUrl })],
  });
  return {
    url: gateway.url,
    upstream,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await upstream.close();
    },
  };
}
