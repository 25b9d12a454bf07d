import { anthropic } from "@agproxy/plugin-anthropic";
import { auth, type AuthOptions } from "@agproxy/plugin-auth";
import { files } from "@agproxy/plugin-files";
import { gemini } from "@agproxy/plugin-gemini";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import { guard } from "@agproxy/plugin-guard";
import { modelMapping } from "@agproxy/plugin-model-mapping";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { rotation } from "@agproxy/plugin-rotation";
import { startSandbox, type Sandbox, type SandboxOptions } from "@agproxy/plugin-sandbox";
import type { ServerSettings } from "agproxy";
import { startGateway, type TestGateway } from "agproxy/testing";

/** The gateway with the plugins of the config file that users get, and the upstream behind it. */
export interface Product extends AsyncDisposable {
  readonly url: string;
  readonly log: TestGateway["log"];
  readonly upstream: Sandbox;
}

export interface ProductOptions {
  readonly server?: Partial<ServerSettings>;
  readonly auth?: AuthOptions;
  readonly upstream?: SandboxOptions;
}

export async function product(options: ProductOptions = {}): Promise<Product> {
  const upstream = await startSandbox(options.upstream);
  const { accounts, url: baseUrl } = upstream;
  const gateway = await startGateway({
    ...options.server,
    plugins: [
      guard(),
      auth(options.auth),
      openai(),
      responses(),
      anthropic(),
      files(),
      geminiNative(),
      modelMapping(),
      rotation(),
      gemini({ accounts, baseUrl }),
    ],
  });
  return {
    url: gateway.url,
    log: gateway.log,
    upstream,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await upstream.close();
    },
  };
}
