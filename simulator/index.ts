import { randomUUID } from "node:crypto";
import { startBroker, type SecureBrokerUrls } from "./broker/broker";
import { defaultChoices, type Choices } from "./behaviour/open-questions";
import { startControl } from "./control-server";
import { noFaults, type BrokerActs, type Faults } from "./behaviour/faults";
import { nothingObserved, type Observed } from "./behaviour/recorder";
import { startRest } from "./rest/server";
import { Authority, type Identity } from "./security/authority";
import { Store } from "./store/store";
import { Tokens } from "./store/tokens";
import { seedYear, type HistoryOptions } from "./seeds/year";

export interface SimulatorOptions {
  /** Ports; free ones when absent or 0. */
  restPort?: number;
  brokerPort?: number;
  deviceBrokerPort?: number;
  /** Switches to start with. */
  faults?: Partial<Faults>;
  /** Answers to open questions to start with. */
  choices?: Partial<Choices>;
  /** Listens with TLS too, with certificates of an authority made for this run. */
  tls?: boolean;
  /** With a thing that has a year of history, or as much as is said here. */
  year?: boolean | HistoryOptions;
}

/** Addresses with `tls: true`; the plain ones work as well. */
export interface SecureAddresses extends SecureBrokerUrls {
  secureRestUrl: string;
  /** Certificate of the authority that clients must trust. */
  caPem: string;
}

/** A running Arduino Cloud on 127.0.0.1, with one account in it. */
export interface Simulator extends BrokerActs {
  readonly restUrl: string;
  /** `ws://…/mqtt`, for users. */
  readonly brokerUrl: string;
  /** `mqtt://…`, for devices. */
  readonly deviceBrokerUrl: string;
  readonly controlUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly userId: string;
  /** A space that the account is a member of. */
  readonly organizationId: string;
  readonly store: Store;
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly choices: Choices;
  readonly observed: Observed;
  /** Closes the REST listener and destroys its connections, or opens the same port again. */
  restDown(down: boolean): Promise<void>;
  /** Closes everything; no handle is left. */
  stop(): Promise<void>;
}

/** Starts a simulator: REST, broker for users and devices, control interface. */
export async function startSimulator(options: SimulatorOptions & { tls: true }): Promise<Simulator & SecureAddresses>;
export async function startSimulator(options?: SimulatorOptions): Promise<Simulator>;
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const choices = { ...defaultChoices(), ...options.choices };
  const faults = { ...noFaults(), ...options.faults };
  const store = new Store(choices);
  const tokens = new Tokens(() => faults.tokenLifetime);
  const observed = nothingObserved();
  const organizationId = randomUUID();
  const user = store.createUser({ organizations: [organizationId] });
  if (options.year) seedYear(store, { userId: user.id }, options.year === true ? {} : options.year);
  let made: Promise<Authority> | undefined;
  const authority = (): Promise<Authority> => (made ??= Authority.create());
  const tls = options.tls ? await secrets(await authority()) : undefined;
  const context = { store, tokens, faults, observed, authority };
  const rest = await startRest(context, options.restPort, tls?.identity);
  const broker = await startBroker({
    ...context,
    webSocketPort: options.brokerPort ?? 0,
    tcpPort: options.deviceBrokerPort ?? 0,
    ...(tls && { tls }),
  });
  const acts = actsOf(rest, broker);
  const control = await startControl({
    ...acts,
    ...{ tokens, faults, choices, observed },
    seedYear: (given) => seedYear(store, { userId: user.id }, given),
  });
  return {
    ...acts,
    restUrl: rest.url,
    brokerUrl: broker.brokerUrl,
    deviceBrokerUrl: broker.deviceBrokerUrl,
    ...(tls && { secureRestUrl: rest.secureUrl, ...broker.secure, caPem: tls.ca }),
    controlUrl: control.url,
    clientId: user.clientId,
    clientSecret: user.clientSecret,
    userId: user.id,
    organizationId,
    store,
    tokens,
    faults,
    choices,
    observed,
    stop: async () => {
      await Promise.all([control.stop(), broker.stop(), rest.stop()]);
    },
  };
}

/** Returns the faults that are acts, of both faces. */
function actsOf(
  rest: Awaited<ReturnType<typeof startRest>>,
  broker: Awaited<ReturnType<typeof startBroker>>,
): BrokerActs & Pick<Simulator, "restDown"> {
  return {
    restDown: (down) => rest.setDown(down),
    dropAll: (kinds) => broker.dropAll(kinds),
    brokerDown: (down) => broker.brokerDown(down),
    halfOpen: (on) => broker.halfOpen(on),
    holdSubscribes: (on) => broker.holdSubscribes(on),
    inject: (topic, payload) => broker.inject(topic, payload),
  };
}

/** Makes all that TLS servers need. */
async function secrets(authority: Authority): Promise<{ identity: Identity; ca: string }> {
  return { identity: await authority.serverIdentity(), ca: authority.pem };
}
