import { randomBytes, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { Scope } from "./models";

/** The owner of a token, and its end (milliseconds since 1970). */
interface TokenOwner extends Scope {
  expiresAt: number;
}

/** A fresh token and its life in whole seconds, as the token endpoint tells it. */
interface MintedToken {
  accessToken: string;
  expiresIn: number;
}

/**
 * The access tokens of the simulated cloud: JWTs (docs/protocol.md#tokens) that count as long as this object knows
 * them, so that they can be revoked.
 */
export class Tokens {
  readonly #lifetime: () => number;
  readonly #key = randomBytes(32);
  readonly #owners = new Map<string, TokenOwner>();

  /**
   * @param lifetime gives the life of the next token in seconds (docs/protocol.md#tokens: 300); fractions are allowed
   */
  constructor(lifetime: () => number) {
    this.#lifetime = lifetime;
  }

  /** Makes a token for `scope`; its life can be given, in seconds, for one that is about to end. */
  async mint(scope: Scope, lifetime = this.#lifetime()): Promise<MintedToken> {
    const now = Date.now();
    const expiresAt = now + lifetime * 1000;
    const claims = {
      "http://arduino.cc/id": scope.userId,
      ...(scope.organizationId === undefined ? {} : { "http://arduino.cc/organization_id": scope.organizationId }),
      jti: randomUUID(),
      iat: Math.floor(now / 1000),
      exp: Number.isInteger(lifetime) ? Math.floor(expiresAt / 1000) : expiresAt / 1000,
    };
    const accessToken = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(this.#key);
    this.#forgetExpired(now);
    this.#owners.set(accessToken, { ...scope, expiresAt });
    return { accessToken, expiresIn: Math.max(0, Math.round(lifetime)) };
  }

  /** Returns whose token this is; undefined for one that was never made here, has expired or was revoked. */
  verify(accessToken: string): TokenOwner | undefined {
    const owner = this.#owners.get(accessToken);
    return owner && owner.expiresAt > Date.now() ? owner : undefined;
  }

  /** Makes every token made so far worthless. */
  revokeAll(): void {
    this.#owners.clear();
  }

  #forgetExpired(now: number): void {
    for (const [token, owner] of this.#owners) if (owner.expiresAt <= now) this.#owners.delete(token);
  }
}
