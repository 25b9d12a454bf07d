/** What a unit of systemd is made of. */
export interface UnitParts {
  /** The command and its arguments; the first is an absolute path. */
  readonly command: readonly [string, ...string[]];
  /** Where the config lies. */
  readonly directory: string;
  /** A file with variables, as an absolute path. */
  readonly environmentFile: string | undefined;
  /** How long open requests may go on after a stop signal, in milliseconds. */
  readonly drainMs: number;
  /** For the whole machine, under this user; absent for a user's own service. */
  readonly system?: { readonly user: string | undefined; readonly port: number };
}

/** Above `drain`: time to close what is left. */
const closingSeconds = 15;

/** A unit of systemd, hardened as far as it works for the kind of service. */
export function systemdUnit({
  command,
  directory,
  environmentFile,
  drainMs,
  system,
}: UnitParts): string {
  return `[Unit]
Description=agproxy
${system === undefined ? "" : "Wants=network-online.target\nAfter=network-online.target\n"}StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
ExecStart=${command.map(argument).join(" ")}
WorkingDirectory=${path(directory)}
${environmentFile === undefined ? "" : `EnvironmentFile=${path(environmentFile)}\n`}Restart=on-failure
RestartSec=2
# 2: the command line is not understood
RestartPreventExitStatus=2
TimeoutStopSec=${Math.ceil(drainMs / 1000) + closingSeconds}
${(system === undefined ? [] : machineLines(directory, system)).join("\n")}
${filterLines.join("\n")}

[Install]
WantedBy=${system === undefined ? "default" : "multi-user"}.target
`.replaceAll(/\n{3,}/g, "\n\n");
}

/** What the kernel's filters hold; these work for every kind of service. V8 compiles, so memory cannot be kept from being executable. */
const filterLines = [
  "NoNewPrivileges=yes",
  "LockPersonality=yes",
  "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallErrorNumber=EPERM",
  "UMask=0077",
];

/** What only the manager of the whole machine can do. */
function machineLines(
  directory: string,
  { user, port }: NonNullable<UnitParts["system"]>,
): readonly string[] {
  const isPrivileged = port > 0 && port < 1024;
  return [
    // Without a user of its own the service gets one for as long as it runs.
    user === undefined ? "DynamicUser=yes" : `User=${user}`,
    "StateDirectory=agproxy",
    "CacheDirectory=agproxy",
    "Environment=XDG_CACHE_HOME=%C",
    "",
    "ProtectSystem=strict",
    ...(user === undefined ? [] : [`ReadWritePaths=${argument(directory)}`]),
    "ProtectHome=read-only",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectProc=invisible",
    `CapabilityBoundingSet=${isPrivileged ? "CAP_NET_BIND_SERVICE" : ""}`,
    ...(isPrivileged ? ["AmbientCapabilities=CAP_NET_BIND_SERVICE"] : []),
  ];
}

/** A path that is the whole of a setting. */
function path(text: string): string {
  return text.replaceAll("%", "%%");
}

/** One argument as systemd reads it: quoted, with `%` and `$` taken for themselves. */
function argument(text: string): string {
  const plain = text.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@%+=:,./$-]+$/.test(plain)
    ? plain
    : `"${plain.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
