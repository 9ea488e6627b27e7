/** How much a finding matters. `skipped`: it could not be looked at, or there is nothing to look at. */
export type Level = "ok" | "warning" | "problem" | "skipped";

/**
 * All that the doctor can find: by topic and code, how much it matters. The sentence that tells it, with its cure, is
 * text of the account's catalogue (`locales/`), under `doctor.<topic>.<code>`.
 */
export const findingLevels = {
  /** What any check can come to. */
  general: {
    blocked: "skipped",
    overdue: "problem",
    fault: "problem",
    proxy: "skipped",
    "proxy-refused": "problem",
  },
  settings: {
    demo: "ok",
    "demo-closed": "problem",
    unusable: "problem",
    "secret-needed": "problem",
  },
  dns: {
    ok: "ok",
    unknown: "problem",
    failed: "problem",
  },
  port: {
    ok: "ok",
    refused: "problem",
    silent: "problem",
    unreachable: "problem",
  },
  tls: {
    ok: "ok",
    plain: "ok",
    unchecked: "warning",
    ending: "warning",
    expired: "problem",
    early: "problem",
    untrusted: "problem",
    name: "problem",
    refused: "problem",
  },
  clock: {
    ok: "ok",
    ahead: "warning",
    behind: "warning",
    unknown: "skipped",
  },
  token: {
    ok: "ok",
    unauthorized: "problem",
    "rate-limited": "problem",
    service: "problem",
    stranger: "problem",
    offline: "problem",
  },
  space: {
    own: "ok",
    ok: "ok",
    refused: "problem",
  },
  things: {
    ok: "ok",
    none: "warning",
    unauthorized: "problem",
    forbidden: "problem",
    "rate-limited": "problem",
    other: "problem",
  },
  pace: {
    ok: "ok",
    slowed: "warning",
    high: "warning",
  },
  session: {
    online: "ok",
    idle: "ok",
    connecting: "warning",
    waiting: "problem",
    refused: "problem",
  },
  cluster: {
    speaking: "ok",
    sharing: "ok",
    "standing-by": "ok",
    joining: "warning",
    strangers: "warning",
    clocks: "warning",
    "no-engine": "problem",
  },
  login: {
    ok: "ok",
    unauthorized: "problem",
    offline: "problem",
    other: "problem",
  },
  subscription: {
    ok: "ok",
    refused: "problem",
    lost: "problem",
    "no-thing": "skipped",
  },
  variables: {
    ok: "ok",
    none: "skipped",
    "no-thing": "problem",
    "no-variable": "problem",
    ambiguous: "problem",
    "read-only": "problem",
    more: "problem",
  },
  devices: {
    ok: "ok",
    none: "skipped",
    offline: "warning",
    "offline-since": "warning",
    unknown: "warning",
    more: "warning",
    unlisted: "warning",
  },
  device: {
    ok: "ok",
    missing: "problem",
    "no-account": "skipped",
    unlisted: "problem",
  },
  attachment: {
    ok: "ok",
    none: "problem",
    unknown: "skipped",
  },
  identity: {
    ok: "ok",
    running: "ok",
    refused: "problem",
    unreachable: "problem",
    waiting: "problem",
    connecting: "warning",
    "taken-over": "problem",
    twins: "problem",
    elsewhere: "warning",
    untried: "skipped",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Level>>>>;

/** The checks. Their names for people are in the same catalogue, under `doctor.title.<id>`. */
export const checkIds = [
  "settings",
  "api-dns",
  "api-port",
  "api-tls",
  "clock",
  "token",
  "space",
  "things",
  "pace",
  "session",
  "cluster",
  "broker-dns",
  "broker-port",
  "broker-tls",
  "login",
  "subscription",
  "variables",
  "devices",
  "device",
  "attachment",
  "identity",
] as const;

export type CheckId = (typeof checkIds)[number];
export type Topic = keyof typeof findingLevels;
export type CodeOf<T extends Topic> = keyof (typeof findingLevels)[T] & string;
