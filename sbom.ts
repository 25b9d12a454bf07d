/**
 * Prints the bill of materials of what people install, as CycloneDX: `npm run --silent sbom > sbom.json`. npm writes it from the
 * lock file. Its own `--omit dev` leaves out what the tests use too, and it names workspaces after their folders.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

interface Component {
  readonly "bom-ref": string;
  readonly name: string;
  readonly purl: string;
}

interface Bom {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly Edges[];
}

interface Edges {
  readonly ref: string;
  readonly dependsOn: readonly string[];
}

interface LockEntry {
  readonly name?: string;
  readonly version: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const args = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"];
const bom = JSON.parse(
  execFileSync("npm", args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }),
) as Bom;
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
  readonly packages: Readonly<Record<string, LockEntry>>;
};
const edges = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));

const development = new Set(
  Object.entries(packages)
    .filter(([, { dev, devOptional }]) => dev === true || devOptional === true)
    .map(([path, entry]) => refOf(path, entry)),
);

/** As npm writes it: NAME@VERSION. */
function refOf(path: string, { name, version }: LockEntry): string {
  return `${name ?? path.replace(/^.*node_modules\//, "")}@${version}`;
}

/** What each workspace depends on when it is installed, and what that depends on in turn. */
function production(): ReadonlySet<string> {
  const found = new Set<string>();
  const open: string[] = [];
  for (const [path, entry] of Object.entries(packages)) {
    if (path.includes("node_modules/")) continue;
    const names = Object.keys(entry.dependencies ?? {});
    const isOwn = (ref: string) => names.includes(ref.slice(0, ref.lastIndexOf("@")));
    for (const ref of edges.get(refOf(path, entry)) ?? []) if (isOwn(ref)) open.push(ref);
  }
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    if (found.has(ref) || development.has(ref)) continue;
    found.add(ref);
    // Those of a workspace are known already, and among its edges are those of its development.
    const further = ref.startsWith("@agproxy/") ? [] : (edges.get(ref) ?? []);
    for (const next of further) open.push(next);
  }
  return found;
}

function named(component: Component): Component {
  const ref = component["bom-ref"];
  return { ...component, name: ref.slice(0, ref.lastIndexOf("@")) };
}

const root = named(bom.metadata.component);
const kept = new Set([root["bom-ref"], ...production()]);
const isKept = (ref: string) => kept.has(ref);
const shipped = {
  ...bom,
  metadata: { ...bom.metadata, component: root },
  components: bom.components.filter((component) => isKept(component["bom-ref"])).map(named),
  dependencies: bom.dependencies
    .filter(({ ref }) => isKept(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isKept) })),
};
process.stdout.write(`${JSON.stringify(shipped, undefined, 2)}\n`);
