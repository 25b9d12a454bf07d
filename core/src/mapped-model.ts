import type { Core } from "./core.ts";
import type { Incoming } from "./stages.ts";

/** What a model name means: the first plugin's answer, or the name as it is. */
export async function mappedModel(
  { hooks }: Pick<Core, "hooks">,
  asked: string,
  incoming: Incoming,
): Promise<string> {
  if (!hooks.resolveModel.isUsed()) return asked;
  return (await hooks.resolveModel.promise(asked, incoming)) ?? asked;
}
