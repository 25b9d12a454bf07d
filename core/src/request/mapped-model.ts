import type { Core } from "./core.ts";
import type { Incoming } from "../hooks/stages.ts";

/** What a model name means: the first plugin's answer, or the name as it is. */
export async function mappedModel(
  { hooks }: Pick<Core, "hooks">,
  asked: string,
  incoming: Incoming,
): Promise<string> {
  const model = await hooks.resolveModel.promise(asked, incoming);
  return model ?? asked;
}
