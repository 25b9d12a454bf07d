import { signal } from "@preact/signals";
import { read } from "./gateway.ts";

/** The names of all models that clients may ask for. */
export const models = signal<readonly string[]>([]);

export async function learnModels(): Promise<void> {
  const listed = await read<readonly { readonly id: string }[]>("models");
  models.value = listed.map(({ id }) => id);
}
