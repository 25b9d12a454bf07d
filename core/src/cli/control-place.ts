import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import * as v from "valibot";
import { stateFile } from "../store/private-file.ts";

const shape = v.object({
  /** Homes are shared between machines; sockets are not. */
  host: v.string(),
  pid: v.number(),
  url: v.string(),
  address: v.string(),
  secret: v.string(),
});

/** How a running gateway can be asked. */
export interface ControlPlace extends v.InferOutput<typeof shape> {
  /** The file that says so. */
  readonly file: string;
}

/** Unix sockets have names of about a hundred bytes at most. Source: unix(7), and sys/un.h of macOS. */
const longestSocketName = 100;

function folder(): string {
  return stateFile("running");
}

/** A place for this process: a name for its socket and a secret, both its user's alone. */
export async function newControlPlace(url: string): Promise<ControlPlace> {
  const own = folder();
  await mkdir(own, { recursive: true, mode: 0o700 });
  const { pid } = process;
  const name = `${pid}-${randomBytes(6).toString("hex")}`;
  return {
    host: hostname(),
    pid,
    url,
    file: join(own, `${name}.json`),
    address: await addressOf(name, own),
    secret: randomBytes(32).toString("hex"),
  };
}

async function addressOf(name: string, own: string): Promise<string> {
  if (process.platform === "win32") return String.raw`\\.\pipe\agproxy-${name}`;
  const address = join(own, `${name}.sock`);
  if (Buffer.byteLength(address) <= longestSocketName) return address;
  return join(await mkdtemp(join(tmpdir(), "agproxy-")), "s");
}

/** Tells other processes of this user about a place. Written whole or not at all. */
export async function announce({ file, ...told }: ControlPlace): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, JSON.stringify(told), { flag: "wx", mode: 0o600 });
  await rename(draft, file);
}

/** Takes a place back, and what its socket leaves behind. */
export async function withdraw({ file, address }: ControlPlace): Promise<void> {
  await rm(file, { force: true });
  if (process.platform === "win32") return;
  await rm(address, { force: true });
  const parent = dirname(address);
  if (basename(parent).startsWith("agproxy-")) await rm(parent, { recursive: true, force: true });
}

/** The places of all gateways of this user on this machine, also of those that ended without a word. */
export async function announcedPlaces(): Promise<readonly ControlPlace[]> {
  const own = folder();
  const names = await readdir(own).catch((thrown: unknown): readonly string[] => {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return [];
    throw thrown;
  });
  const files = names.filter((name) => name.endsWith(".json")).map((name) => join(own, name));
  const places = await Promise.all(
    files.map(async (file) => ({
      ...v.parse(shape, JSON.parse(await readFile(file, "utf8"))),
      file,
    })),
  );
  return places.filter(({ host }) => host === hostname());
}
