import { signal } from "@preact/signals";

interface Note {
  readonly text: string;
  readonly isFault: boolean;
}

const note = signal<Note | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Tells the user something for a while. */
export function notice(text: string, isFault = false): void {
  note.value = { text, isFault };
  clearTimeout(timer);
  timer = setTimeout(() => (note.value = undefined), isFault ? 20_000 : 8000);
}

/** Does something; what goes wrong is told. */
export async function tried(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    notice(thrown instanceof Error ? thrown.message : String(thrown), true);
  }
}

/** Where it is told. Screen readers read it out. */
export function Notices() {
  const { text = "", isFault = false } = note.value ?? {};
  return (
    <div role="status" class={`notice${text === "" ? " empty" : ""}${isFault ? " bad" : ""}`}>
      {text}
    </div>
  );
}
