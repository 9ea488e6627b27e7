import type { IncomingHttpHeaders } from "node:http";
import type { Faults } from "../behaviour/faults";
import type { Scope } from "../store/models";
import type { Store } from "../store/store";
import type { Tokens } from "../store/tokens";
import { Failure } from "./failure";
import { isUuid } from "./fields";

/**
 * Returns the user and space of a request.
 * @throws Failure 401 for a missing, wrong or expired token, 403 for a foreign
 * space
 */
export function authenticate(headers: IncomingHttpHeaders, store: Store, tokens: Tokens): Scope {
  const [scheme, token] = (headers.authorization ?? "").split(" ");
  if (!token || scheme?.toLowerCase() !== "bearer") throw new Failure(401, "missing bearer token");
  const owner = tokens.verify(token);
  if (!owner) throw new Failure(401, "the token is invalid or has expired");
  const organizationId = headers["x-organization"];
  if (organizationId === undefined || organizationId === "") return { userId: owner.userId };
  checkMembership(store, owner.userId, organizationId);
  if (store.choices.organizationInToken && owner.organizationId !== organizationId) {
    throw new Failure(403, "the token was not made for this organization");
  }
  return { userId: owner.userId, organizationId };
}

/** Throws Failure 400 for an id of a space that is no UUID, 403 for one that the user is not a member of. */
export function checkMembership(
  store: Store,
  userId: string,
  organizationId: unknown,
): asserts organizationId is string {
  if (!isUuid(organizationId)) throw new Failure(400, "the organization id must be a UUID");
  const user = store.users.find(({ id }) => id === userId);
  if (!user?.organizations.includes(organizationId)) throw new Failure(403, "not a member of this organization");
}

/**
 * Counts requests per client in windows of one second, each begun by its first request (docs/protocol.md#request-rate).
 */
export class RequestLimit {
  readonly #faults: Faults;
  readonly #windows = new Map<string, { start: number; count: number }>();

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** Counts a request of `client`; returns whether it is within the limit. */
  admit(client: string): boolean {
    const limit = this.#faults.requestsPerSecond;
    if (limit === null) return true;
    const now = performance.now();
    let window = this.#windows.get(client);
    if (!window || now - window.start >= 1000) {
      window = { start: now, count: 0 };
      this.#windows.set(client, window);
    }
    window.count += 1;
    return window.count <= limit;
  }
}
